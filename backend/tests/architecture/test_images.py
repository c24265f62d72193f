"""Dockerfiles and compose, read: each image copies its own side only, and every queue has a worker."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from processes import ROOT

from neuroagent.app.config import AppSettings
from neuroagent.config.settings import is_open_ended, names
from neuroagent.task_schemas import FAMILIES, QUEUES
from neuroagent.tasks.config import WorkerSettings

SHARED = {"__init__.py", "config", "task_schemas"}
SIDES = {"Dockerfile.app": "app", "Dockerfile.tasks": "tasks"}


def instructions(dockerfile: str) -> list[str]:
    text = (ROOT / dockerfile).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def copied(dockerfile: str) -> list[str]:
    """Sources of every COPY from the checkout."""
    copies = [line.split()[1:] for line in instructions(dockerfile) if line.startswith("COPY")]
    return [source for words in copies if not words[0].startswith("--from") for source in words[:-1]]


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize(("dockerfile", "side"), SIDES.items())
def test_an_image_holds_its_own_side_and_what_both_share(dockerfile: str, side: str) -> None:
    sources = {Path(source).name for source in copied(dockerfile) if source.startswith("backend/src/neuroagent/")}

    assert sources == {side} | SHARED


@pytest.mark.parametrize("dockerfile", SIDES)
def test_an_image_copies_nothing_else_but_its_locks(dockerfile: str) -> None:
    others = [source for source in copied(dockerfile) if not source.startswith("backend/src/neuroagent/")]

    assert all(source.startswith("locks/") for source in others)
    for source in others:
        assert (ROOT / source.replace("${FAMILIES}", "tasks")).is_file(), source


@pytest.mark.parametrize("dockerfile", SIDES)
def test_an_image_installs_from_locks_and_runs_as_nobody_special(dockerfile: str) -> None:
    lines = instructions(dockerfile)

    for command in re.findall(r"(?:pip install|pip sync) [^&]*", "\n".join(lines)):
        assert "--require-hashes" in command
    assert [line for line in lines if line.startswith("USER")] == ["USER neuroagent"]
    assert [line for line in lines if line.startswith("CMD")][-1].startswith('CMD ["'), "a shell would swallow SIGTERM"


@pytest.mark.parametrize("dockerfile", SIDES)
def test_base_images_are_pinned_to_a_version(dockerfile: str) -> None:
    for line in instructions(dockerfile):
        if line.startswith("FROM"):
            assert re.fullmatch(r"FROM \w+:\d[\w.-]+( AS \w+)?", line), line


def test_every_family_can_have_an_image_of_its_own() -> None:
    for family in (*FAMILIES, "tasks"):
        assert (ROOT / "locks" / f"{family}.txt").is_file()


def test_every_queue_has_a_worker_in_compose() -> None:
    commands = [
        service.get("command", "") for name, service in compose()["services"].items() if name.startswith("worker")
    ]
    served = {queue for command in commands for queue in command.partition("-Q ")[2].split()[0].split(",")}

    assert served == set(QUEUES)


def test_every_worker_service_is_called_after_its_family() -> None:
    workers = {name.removeprefix("worker-") for name in compose()["services"] if name.startswith("worker-")}

    assert workers == set(FAMILIES)


def test_compose_sets_only_settings_that_exist() -> None:
    known = {name for name, field in names(AppSettings, "NEUROAGENT_") if not is_open_ended(field)}
    known |= {name for name, field in names(WorkerSettings, "TASKS_") if not is_open_ended(field)}
    for service in compose()["services"].values():
        ours = {name for name in service.get("environment", {}) if name.startswith(("NEUROAGENT_", "TASKS_"))}
        assert ours <= known


def test_compose_holds_no_secret_and_starts_only_when_they_are_given() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")

    for name in ("NEUROAGENT_AUTH__TOKEN", "REDIS_PASSWORD", "POSTGRES_PASSWORD"):
        assert all(found == ":?" for found in re.findall(rf"\$\{{{name}(:.)?", text)), name


def test_what_people_reach_listens_on_loopback_until_they_decide_otherwise() -> None:
    for name, service in compose()["services"].items():
        for port in service.get("ports", []):
            assert str(port).startswith("127.0.0.1:"), name

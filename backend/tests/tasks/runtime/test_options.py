"""Celery's options: each typed as Celery has it; a wrong one is named with the reason."""

from pathlib import Path
from typing import Any

import pytest

from neuroagent.config.settings import SettingsError
from neuroagent.tasks.config import WorkerSettings
from neuroagent.tasks.runtime.options import KNOWN, READERS, celery_options


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("worker_concurrency", "4", 4),
        ("worker_max_memory_per_child", "200000", 200_000),
        ("worker_soft_shutdown_timeout", "1.5", 1.5),
        ("task_acks_late", "no", False),
        ("worker_send_task_events", "TRUE", True),
        ("timezone", "Europe/Zurich", "Europe/Zurich"),
        ("broker_transport_options", '{"visibility_timeout": 60}', {"visibility_timeout": 60}),
        ("broker_transport_options", {"visibility_timeout": "60"}, {"visibility_timeout": 60}),
        ("imports", "a,b", ["a", "b"]),
        ("worker_pool", "solo", "solo"),
    ],
)
def test_an_option_gets_the_type_that_celery_gives_it(name: str, given: Any, meant: Any) -> None:
    assert celery_options({name: given}) == {name: meant}


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("worker_concurrency", "many", "TASKS_CELERY__WORKER_CONCURRENCY: a whole number is wanted, not 'many'"),
        ("worker_soft_shutdown_timeout", "soon", "a number is wanted"),
        ("task_acks_late", "perhaps", "true or false is wanted"),
        ("broker_transport_options", "[1]", "a JSON object is wanted"),
        ("worker_concurency", "4", "no such option; the closest is TASKS_CELERY__WORKER_CONCURRENCY"),
        ("broker_url", "redis://elsewhere", "TASKS_REDIS__"),
        ("accept_content", "pickle", "another form could carry code"),
        ("task_serializer", "pickle", "another form could carry code"),
    ],
)
def test_a_wrong_option_is_named_with_the_reason(name: str, given: Any, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        celery_options({name: given})


def test_all_wrong_options_are_named_at_once() -> None:
    with pytest.raises(SettingsError, match=r"WORKER_CONCURRENCY(.|\n)*TASK_ACKS_LATE"):
        celery_options({"worker_concurrency": "x", "task_acks_late": "x"})


def test_options_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TASKS_CELERY__WORKER_CONCURRENCY", "4")
    monkeypatch.setenv("TASKS_CELERY__BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT", "60")

    options = celery_options(WorkerSettings.load(tmp_path).celery)

    assert options == {"worker_concurrency": 4, "broker_transport_options": {"visibility_timeout": 60}}


def test_every_kind_of_option_that_celery_has_is_read() -> None:
    kinds = {kind if isinstance(kind, str) else getattr(kind, "__name__", "any") for kind in KNOWN.values()}

    assert kinds - READERS.keys() <= {"string", "str", "any", "bytes"}

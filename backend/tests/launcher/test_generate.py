from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout, installer

from neuroagent.launcher.generate import generate

PROJECT = """
[project]
name = "tiny"
version = "1"
requires-python = ">=3.11"
[project.optional-dependencies]
app = []
family = []
[dependency-groups]
tool = []
"""


def test_every_extra_and_every_group_gets_a_lock(
    tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = checkout(tmp_path / "checkout", app="")
    (here.root / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setenv("PATH", f"{installer().parent}:/usr/bin:/bin")
    monkeypatch.setenv("UV_OFFLINE", "1")

    assert generate(here, output.terminal, ["locks"]) == 0

    locks = sorted(path.name for path in (here.root / "locks").iterdir())
    assert locks == ["app.txt", "family.txt", "tool.txt"]
    assert "./dev generate locks" in here.lock("app").read_text()


def test_a_group_is_locked_without_the_products_own_packages(
    tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = checkout(tmp_path / "checkout", app="")
    (here.root / "pyproject.toml").write_text(PROJECT)
    recorder = tmp_path / "uv"
    recorder.write_text('#!/bin/sh\necho "$@" >> calls\n')
    recorder.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    generate(here, output.terminal, ["locks"], ["--upgrade"])

    calls = (here.root / "calls").read_text().splitlines()
    assert [call.partition("--upgrade ")[2] for call in calls] == [
        "pyproject.toml --extra app -o locks/app.txt",
        "pyproject.toml --extra family -o locks/family.txt",
        "--no-deps --group tool -o locks/tool.txt",
    ]

"""Provoking each wall breaks the build: a wall that lets one import through is no wall."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import ROOT

BREACHES = {
    "the app imports a worker": ("app/health.py", "import neuroagent.tasks.config"),
    "a worker imports the app": ("tasks/system/task.py", "import neuroagent.app.errors"),
    "the launcher imports the app": ("config/settings.py", "import neuroagent.launcher"),
    "the agreement imports the app": ("task_schemas/system.py", "import neuroagent.app.errors"),
    "the agreement imports settings of a process": ("task_schemas/events.py", "import neuroagent.tasks.config"),
    "settings import the agreement": ("config/redis.py", "import neuroagent.task_schemas"),
    "an unannounced module at the root": ("utils.py", ""),
    "an unannounced module in the app": ("app/utils.py", ""),
    "an unannounced module in the workers": ("tasks/utils.py", ""),
    "an unannounced module in the agreement": ("task_schemas/utils.py", ""),
    "an unannounced module in the settings": ("config/utils.py", ""),
    "a lower floor of the app looks up": ("app/db/database.py", "import neuroagent.app.engine.client"),
    "rooms of one floor know each other": ("app/health.py", "import neuroagent.app.jobs.schemas"),
    "the runtime knows a family": ("tasks/runtime/task.py", "import neuroagent.tasks.system.task"),
    "events know the envelope": ("task_schemas/events.py", "import neuroagent.task_schemas.jobs"),
    "Celery outside of the engine's client": ("app/engine/ledger.py", "import celery"),
    "kombu in a family": ("tasks/system/task.py", "import kombu"),
    "boto3 outside of the store": ("app/jobs/endpoints.py", "import boto3"),
    "the agent library outside of the model's room": ("app/chat/turn.py", "import pydantic_ai"),
    "a tool knows the conversation": ("app/tools/base.py", "import neuroagent.app.chat.threads"),
    "a database in a worker": ("tasks/runtime/attempt.py", "import sqlalchemy"),
}


def walls_hold(folder: Path) -> bool:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(folder / "backend" / "src")}
    linted = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return linted.returncode == 0


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "backend" / "src", tmp_path / "backend" / "src", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_walls_hold_as_the_code_stands(copy: Path) -> None:
    assert walls_hold(copy)


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_breaks_the_build(breach: str, copy: Path) -> None:
    file, line = BREACHES[breach]
    path = copy / "backend" / "src" / "neuroagent" / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")

    assert not walls_hold(copy), breach

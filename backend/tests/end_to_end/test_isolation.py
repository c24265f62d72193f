"""Isolation, proved: the wheel with one extra alone, in a clean environment, knows nothing of the other side."""

import subprocess
import sys
from pathlib import Path

import pytest
from processes import ROOT
from uv import uv

from neuroagent.task_schemas import FAMILIES

pytestmark = pytest.mark.xdist_group("isolation")

ENTRY = {"app": "neuroagent.app.main"} | dict.fromkeys((*FAMILIES, "tasks"), "neuroagent.tasks.main")
OF_THE_APP = ("fastapi", "sqlalchemy", "alembic", "boto3", "uvicorn", "aiosqlite", "asyncpg")
OF_THE_WORKERS = ("duckdb", "deno", "h5py", "pyarrow", "pyodide_lock")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=ENTRY)
def installed(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """An environment with `neuroagent[EXTRA]` and nothing else."""
    extra: str = request.param
    environment = tmp_path_factory.mktemp(extra) / "environment"
    uv("venv", "--python", sys.executable, environment)
    uv("pip", "sync", "--python", environment, "--require-hashes", ROOT / "locks" / f"{extra}.txt")
    uv("pip", "install", "--python", environment, "--no-deps", wheel)
    return extra, environment / "bin" / "python"


def can_import(python: Path, module: str, folder: Path) -> bool:
    done = subprocess.run(
        [python, "-c", f"import {module}"], cwd=folder, env={"PATH": ""}, capture_output=True, check=False
    )
    return done.returncode == 0


def test_the_lock_is_all_that_the_extra_asks_for(installed: tuple[str, Path], wheel: Path) -> None:
    extra, python = installed

    assert "Would make no changes" in uv(
        "pip", "install", "--dry-run", "--python", python, f"neuroagent[{extra}] @ {wheel.as_uri()}"
    )


def test_an_extra_alone_imports_its_entry_point(installed: tuple[str, Path], tmp_path: Path) -> None:
    extra, python = installed

    assert can_import(python, ENTRY[extra], tmp_path)


def test_an_extra_alone_lacks_what_the_other_side_needs(installed: tuple[str, Path], tmp_path: Path) -> None:
    extra, python = installed
    foreign = OF_THE_WORKERS if extra == "app" else OF_THE_APP

    assert [module for module in foreign if can_import(python, module, tmp_path)] == []


def test_the_wheel_carries_what_is_not_python_too(wheel: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True, check=True
    ).stdout

    for name in (
        "task_schemas/turns/claim.lua",
        "app/db/migrations/env.py",
        "app/db/migrations/versions/0001_tasks.py",
    ):
        assert name in listed

"""The locks: one for each side and family, as fresh as pyproject.toml, with hashes and without addresses."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from processes import ROOT
from uv import uv

from neuroagent.task_schemas import FAMILIES

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = tuple(PYPROJECT["project"]["optional-dependencies"])
GROUPS = tuple(PYPROJECT["dependency-groups"])
LOCKS = sorted((ROOT / "locks").iterdir())
PIN = re.compile(r"^([A-Za-z0-9_.\[\]-]+==\S+(?: ; .*?)?)(?: \\)?$", re.MULTILINE)


def pins(lock: Path) -> list[str]:
    return PIN.findall(lock.read_text(encoding="utf-8"))


def test_there_is_an_extra_for_each_side_and_each_family() -> None:
    assert set(EXTRAS) == {"app", "tasks", "dev", "bench", *FAMILIES}


def test_the_extra_of_all_workers_is_every_family() -> None:
    assert PYPROJECT["project"]["optional-dependencies"]["tasks"] == [f"neuroagent[{','.join(FAMILIES)}]"]


def test_there_is_a_lock_for_each_extra_and_for_what_dev_brings() -> None:
    assert {lock.stem for lock in LOCKS} == {*EXTRAS, *GROUPS}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert "://" not in text
    assert len(pins(lock)) >= 1
    assert all("--hash=sha256:" in part for part in re.split(r"\n(?=\S+==)", text)[1:])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_is_what_pyproject_asks_for(lock: Path, tmp_path: Path) -> None:
    assert pins(_compiled(lock, ROOT / "pyproject.toml", tmp_path)) == pins(lock), (
        "Write it anew with: ./dev generate locks"
    )


def test_a_stale_lock_is_found(tmp_path: Path) -> None:
    changed = tmp_path / "pyproject.toml"
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    changed.write_text(text.replace("system = []", 'system = ["six"]'), encoding="utf-8")
    lock = ROOT / "locks" / "system.txt"

    assert pins(_compiled(lock, changed, tmp_path)) != pins(lock)


def _compiled(lock: Path, pyproject: Path, folder: Path) -> Path:
    """Resolve again with the lock's own versions preferred: what differs, pyproject.toml has made so."""
    again = folder / lock.name
    shutil.copy(lock, again)
    what = ["--extra", lock.stem, pyproject] if lock.stem in EXTRAS else ["--no-deps", "--group", lock.stem]
    uv(
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--no-emit-index-url",
        "--python-version",
        "3.11",
        *what,
        "-o",
        again,
    )
    return again

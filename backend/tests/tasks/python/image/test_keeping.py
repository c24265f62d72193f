"""Which images stay: the one in force, the one before, and what a live worker holds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from neuroagent.tasks.python.image.keeping import hold, kept, remove_superfluous
from neuroagent.tasks.python.image.manifest import NAME


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four images of four days; the last one is in force."""
    for day, name in enumerate(("first", "second", "third", "fourth")):
        (tmp_path / name).mkdir()
        (tmp_path / name / NAME).write_text("{}", encoding="utf-8")
        os.utime(tmp_path / name, (day * 86_400, day * 86_400))
    (tmp_path / "current").write_text("fourth", encoding="utf-8")
    (tmp_path / "cache").mkdir()
    return tmp_path


def names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()}


def test_the_one_in_force_and_the_one_before_stay(root: Path) -> None:
    assert {folder.name for folder in remove_superfluous(root)} == {"first", "second"}

    assert names(root) == {"third", "fourth", "current", "cache"}


def test_the_one_in_force_stays_also_when_it_is_the_oldest(root: Path) -> None:
    (root / "current").write_text("first", encoding="utf-8")

    remove_superfluous(root)

    assert names(root) == {"first", "fourth", "current", "cache"}


def test_what_a_live_worker_holds_stays_until_it_has_ended(root: Path) -> None:
    program = "import sys; from pathlib import Path; from neuroagent.tasks.python.image.keeping import hold\n"
    program += "held = hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(root / "first")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == "held\n"

        assert [folder.name for folder in remove_superfluous(root)] == ["second"]
        worker.kill()

    assert [folder.name for folder in remove_superfluous(root)] == ["first"]


def test_each_is_listed_with_its_reason(root: Path) -> None:
    with hold(root / "second"):
        said = [str(one) for one in kept(root)]

    assert said == [
        "fourth  in force",
        "third  the one before",
        "second  a live worker uses it",
        "first  goes with the next build",
    ]


def test_a_draft_of_another_build_is_none_of_it(root: Path) -> None:
    (root / "draft.7").mkdir()
    (root / "draft.7" / NAME).write_text("{}", encoding="utf-8")

    remove_superfluous(root)

    assert "draft.7" in names(root)

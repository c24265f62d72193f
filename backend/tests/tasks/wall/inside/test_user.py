"""From root to nobody, or from a user to the same without what it could have gained."""

import os
import tempfile
from pathlib import Path

import pytest
from tasks.wall.inside.probe import said_in_a_child

BECOME = """
import os
if os.getuid() == 0:
    os.setgroups([4, 6])
from neuroagent.tasks.wall.inside.kernel import Missing
from neuroagent.tasks.wall.inside.user import become_nobody
try:
    said = become_nobody({{"command": [], "execute": [], "read": {read!r}, "write": {write!r}}})
except Missing as missing:
    said = str(missing)
print(said)
print(os.getresuid(), os.getresgid(), os.getgroups())
status = dict(line.split(":\\t") for line in open("/proc/self/status") if ":\\t" in line)
print(*(int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")))
"""
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to give up")


def became(read: list[str], write: list[str]) -> list[str]:
    return said_in_a_child(BECOME.format(read=read, write=write)).split("\n")


@root
def test_root_becomes_a_user_of_its_own_with_no_group_and_no_right() -> None:
    said, identity, rights = became([], [])

    number = said.removeprefix("user ")
    assert int(number) != 0
    assert identity == f"({number}, {number}, {number}) ({number}, {number}, {number}) []"
    assert rights == "0 0 0"


@root
def test_what_it_may_write_in_is_given_to_it() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o755)

        said, *_ = became([], [folder])

        assert Path(folder).stat().st_uid == int(said.removeprefix("user "))


@root
def test_a_path_that_only_root_reaches_leaves_it_root_without_its_rights_when_a_program_starts(tmp_path: Path) -> None:
    (tmp_path / "closed" / "inner").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)

    said, identity, rights = became([str(tmp_path / "closed" / "inner")], [])

    assert said == (
        f"another user than root can't reach {tmp_path / 'closed' / 'inner'}; it stays root, without root's rights"
    )
    assert identity.startswith("(0, 0, 0) (0, 0, 0)")
    assert rights.endswith(" 0")


@pytest.mark.skipif(os.geteuid() == 0, reason="this is about everybody else")
def test_an_ordinary_user_stays_who_it_is() -> None:
    said, *_ = became([], [])

    assert said == f"it is user {os.getuid()} already"

import os
import sys
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout, installer

from neuroagent.launcher.checkout import HERE, Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.key import key

PROGRAM = """\
import os, pathlib, sys
pathlib.Path("asked").write_text("|".join([os.environ["NEUROAGENT_DATA_FOLDER"], *sys.argv[1:]]))
sys.exit(7)
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout whose key program writes down how it was called."""
    made = checkout(tmp_path / "check out", app="")
    environment = Environment(made, "app")
    environment.scripts.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.stamp.write_text(environment.wanted())
    program = made.sources / "neuroagent" / "app"
    program.mkdir(parents=True)
    (program / "key.py").write_text(PROGRAM)
    monkeypatch.setenv("PATH", os.pathsep.join([str(installer().parent), os.environ["PATH"]]))
    return made


def test_the_app_s_own_program_is_asked_on_the_data_of_up(here: Checkout, output: Output) -> None:
    status = key(here, output.terminal, ["add", "ada", "--scopes", "chat"])

    assert status == 7
    assert (here.root / "asked").read_text().split("|") == [str(here.root / "data"), "add", "ada", "--scopes", "chat"]


@pytest.mark.parametrize("arguments", [[], ["ad"], ["ada"]])
def test_what_it_does_not_take_is_said(arguments: list[str], output: Output) -> None:
    with pytest.raises(UsageError, match=r"\./dev key add ada --scopes chat,tools"):
        key(HERE, output.terminal, arguments)

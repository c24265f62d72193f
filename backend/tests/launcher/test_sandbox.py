import os
import sys
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout, installer

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.sandbox import sandbox

PROGRAM = (
    "import os, pathlib, sys\npathlib.Path('asked').write_text('|'.join([os.getcwd(), *sys.argv[1:]]))\nsys.exit(7)"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout whose image program writes down how it was called."""
    made = checkout(tmp_path / "check out", tasks="")
    environment = Environment(made, "tasks")
    environment.scripts.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.stamp.write_text(environment.wanted())
    program = made.sources / "neuroagent" / "tasks" / "python" / "image"
    program.mkdir(parents=True)
    (program / "__main__.py").write_text(PROGRAM)
    monkeypatch.setenv("PATH", os.pathsep.join([str(installer().parent), os.environ["PATH"]]))
    return made


def test_the_workers_own_program_is_asked_in_the_checkout(here: Checkout, output: Output) -> None:
    status = sandbox(here, output.terminal, ["add", "polars"])

    assert status == 7
    assert (here.root / "asked").read_text().split("|") == [str(here.root), "add", "polars"]


@pytest.mark.parametrize("arguments", [[], ["bild"], ["add"]])
def test_what_it_does_not_take_is_said(here: Checkout, output: Output, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match=r"\./dev sandbox"):
        sandbox(here, output.terminal, arguments)

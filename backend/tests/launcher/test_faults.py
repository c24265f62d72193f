import os
import sys
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.faults import faults

REPORT = "import os, pathlib, sys\npathlib.Path('asked').write_text('|'.join(sys.argv[1:]))\nsys.exit(7)\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout whose report writes down what it was asked."""
    made = checkout(tmp_path / "check out", dev="")
    environment = Environment(made, "dev")
    environment.scripts.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.stamp.write_text(environment.wanted())
    report = made.root / "backend" / "tests" / "end_to_end" / "faults" / "report.py"
    report.parent.mkdir(parents=True)
    report.write_text(REPORT)
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(os.environ.get("DEV_UV", "uv")).parent), os.environ["PATH"]]))
    return made


def test_the_report_gets_the_arguments_and_writes_where_the_user_stands(
    here: Checkout, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    status = faults(here, output.terminal, ["--repeat", "2", "redis killed"])

    assert status == 7
    assert (tmp_path / "asked").read_text() == "--repeat|2|redis killed"

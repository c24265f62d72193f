import os
import subprocess
import sys
from pathlib import Path

import pytest
from launcher.stand_ins import LAUNCH, Output, checkout
from processes import SOURCES

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.run import run


@pytest.fixture
def here(tmp_path: Path) -> Checkout:
    made = checkout(tmp_path / "check out", tasks="", dev="")
    for side in ("tasks", "dev"):
        environment = Environment(made, side)
        environment.scripts.mkdir(parents=True)
        environment.python.symlink_to(sys.executable)
        environment.stamp.write_text(environment.wanted())
    tool = Environment(made, "tasks").scripts / "tool"
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@" "$TASKS_REDIS__PORT" "$PYTHONPATH" "$PWD"; exit 7\n')
    tool.chmod(0o755)
    return made


def test_the_command_is_the_sides_own_and_keeps_its_arguments_and_its_place(here: Checkout, tmp_path: Path) -> None:
    command = [sys.executable, "-c", LAUNCH, str(here.root), "run", "tasks", "tool", "a b", "--help"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "NEUROAGENT_REDIS__PORT": "4321"}

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.stdout.splitlines() == ["a b", "--help", "4321", str(here.sources), str(tmp_path)]
    assert done.returncode == 7


def test_a_command_that_is_not_there_is_named(here: Checkout, output: Output) -> None:
    with pytest.raises(UsageError, match="There is no command 'no-such-tool'"):
        run(here, output.terminal, ["dev", "no-such-tool"])

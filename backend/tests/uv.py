"""The installer, for tests of what gets installed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from processes import ROOT

from neuroagent.launcher.uv import pip_index, uv_environment

NO_INDEX = re.compile(
    r"(?i)dns error|failed to fetch|error sending request|connect error|network was disabled|timed out"
)


def uv(*arguments: str | Path, folder: Path = ROOT) -> str:
    """Run it, and skip the test where no package index can be reached."""
    program = os.environ.get("DEV_UV") or shutil.which("uv")
    if not program:
        pytest.skip("no uv: run ./dev test, which brings one")
    environment = uv_environment(os.environ, pip_index())
    environment.pop("PYTHONPATH", None)
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode and NO_INDEX.search(done.stderr):
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr

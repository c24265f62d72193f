"""`./dev faults`: the long run of the proof by breaking, with a table at its end."""

import os
import subprocess
from collections.abc import Sequence

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.stages import prepare
from neuroagent.launcher.terminal import Terminal

MODULE = "end_to_end.faults.report"


def faults(checkout: Checkout, terminal: Terminal, arguments: Sequence[str]) -> int:
    """The report understands the arguments; it runs where the user stands, so that --json FILE lands there."""
    tests = checkout.root / "backend" / "tests"
    variables = prepare(checkout, terminal)
    variables["PYTHONPATH"] = os.pathsep.join([str(tests), str(checkout.sources)])
    python = Environment(checkout, "dev").python
    return subprocess.run([python, "-m", MODULE, *arguments], env=variables, check=False).returncode

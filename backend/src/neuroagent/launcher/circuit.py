"""`./dev circuit make`: a realistic SONATA circuit of any size, made by the workers' own generator."""

import os
import subprocess
from collections.abc import Sequence

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.stages import ready_environment
from neuroagent.launcher.terminal import Terminal

MODULE = "neuroagent.tasks.circuit.making"


def circuit(checkout: Checkout, terminal: Terminal, arguments: Sequence[str]) -> int:
    """The generator understands the rest; it runs where the user stands, so that the circuit lands there."""
    if not arguments or arguments[0] != "make":
        raise UsageError("./dev circuit makes circuits, as in: ./dev circuit make --nodes 1000000 circuit.gz")
    environment = ready_environment(checkout, terminal, "tasks")
    variables = environment.variables(os.environ)
    return subprocess.run([environment.python, "-m", MODULE, *arguments[1:]], env=variables, check=False).returncode

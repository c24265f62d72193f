"""`./dev key`: the app's own program for people's keys, in the app's environment, on the data of `./dev up`."""

import os
import subprocess
from collections.abc import Sequence

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.run import addresses
from neuroagent.launcher.stages import ready_environment
from neuroagent.launcher.terminal import Terminal

ACTIONS = ("add", "list", "revoke")
PROGRAM = "neuroagent.app.key"


def key(checkout: Checkout, terminal: Terminal, arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in ACTIONS:
        raise UsageError(f"./dev key takes one of: {', '.join(ACTIONS)}, as in: ./dev key add ada --scopes chat,tools")
    environment = ready_environment(checkout, terminal, "app")
    variables = environment.variables({**os.environ, **addresses(checkout, "app")})
    command = [str(environment.python), "-m", PROGRAM, *arguments]
    return subprocess.run(command, cwd=checkout.root, env=variables, check=False).returncode

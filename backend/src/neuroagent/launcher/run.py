"""`./dev run`: one command inside one side's environment, beside a running `up`."""

import os
import shutil
from collections.abc import Sequence

from neuroagent.launcher import services
from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import SIDES
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.plan import Flags, plan
from neuroagent.launcher.stages import ready_environment
from neuroagent.launcher.terminal import Terminal


def run(checkout: Checkout, terminal: Terminal, arguments: Sequence[str]) -> int:
    if len(arguments) < 2 or arguments[0] not in SIDES:
        raise UsageError(f"./dev run takes a side ({', '.join(SIDES)}) and a command, as in: ./dev run app python")
    side, *command = arguments
    environment = ready_environment(checkout, terminal, side)
    variables = environment.variables({**os.environ, **addresses(checkout, side)})
    program = shutil.which(command[0], path=variables["PATH"])
    if not program:
        raise UsageError(f"There is no command {command[0]!r} in {environment.scripts} or on the PATH.")
    os.execve(program, command, variables)  # noqa: S606 - becoming the command is the point


def addresses(checkout: Checkout, side: str) -> dict[str, str]:
    """Where `up` has put Redis and the data; the developers' tools are to touch neither."""
    if side in {"dev", "bench"}:
        return {}
    planned = plan(checkout, Flags())
    return {"NEUROAGENT_DATA_FOLDER": str(planned.data), **services.redis_address(planned)}

"""`./dev sandbox`: the workers' own program for their image, in the workers' environment."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.stages import ready_environment
from neuroagent.launcher.terminal import Terminal
from neuroagent.launcher.uv import pip_index, uv_environment

ACTIONS = ("build", "list", "add", "check")
PROGRAM = "neuroagent.tasks.python.image"


def sandbox(checkout: Checkout, terminal: Terminal, arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in ACTIONS:
        raise UsageError(f"./dev sandbox takes one of: {', '.join(ACTIONS)}. ./dev sandbox --help says more.")
    if arguments[0] == "add" and not arguments[1:]:
        raise UsageError("./dev sandbox add takes the names of packages, as in: ./dev sandbox add polars")
    return _run(ready_environment(checkout, terminal, "tasks"), arguments, os.environ)


def build_if_stale(environment: Environment, environ: Mapping[str, str], terminal: Terminal) -> None:
    """For `./dev up`, which goes on without an image: a script is then told of it, and all else works."""
    if _run(environment, ("build", "--if-stale"), environ):
        terminal.say("     There is no image for the Python sandbox; why stands above. Everything but scripts works.")
        terminal.say("     To try again: ./dev sandbox build")


def _run(environment: Environment, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    variables = _with_index(environment.variables(environ))
    command = [str(environment.python), "-m", PROGRAM, *arguments]
    return subprocess.run(command, cwd=environment.checkout.root, env=variables, check=False).returncode


def _with_index(variables: dict[str, str]) -> dict[str, str]:
    """The image's packages come through pip; whoever has told only uv of a mirror means it for pip too."""
    index = uv_environment(variables, pip_index()).get("UV_DEFAULT_INDEX")
    return {**({"PIP_INDEX_URL": index} if index else {}), **variables}

"""The chat page, built with the Deno that the workers have anyway: no Node is needed."""

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.exclusive import exclusive
from neuroagent.launcher.terminal import Terminal

NOT_SOURCES: Final = ("node_modules", "screenshots")
LAST_LINES: Final = 15
STEPS: Final = (("install", "--frozen", "--quiet"), ("task", "--quiet", "build"))


def build_if_stale(environment: Environment, environ: Mapping[str, str], terminal: Terminal) -> None:
    """For `./dev up`, which goes on without a page: the app then says in plain words how to get it."""
    checkout = environment.checkout
    if not sources(checkout).is_dir() or is_current(checkout):
        return
    terminal.say("     Building the page …")
    with exclusive(checkout.brought / "page.lock"):
        wanted = digest(checkout)
        if all(_done(environment, step, environ, terminal) for step in STEPS):
            stamp(checkout).write_text(wanted, encoding="utf-8")
            return
    terminal.say("     The page could not be built; why stands above. Everything else works without it.")
    terminal.say("     Where npm can't be reached, NPM_CONFIG_REGISTRY names a mirror; the next ./dev up tries again.")


def is_current(checkout: Checkout) -> bool:
    try:
        kept = stamp(checkout).read_text(encoding="utf-8")
    except OSError:
        return False
    return (built(checkout) / "index.html").is_file() and kept == digest(checkout)


def digest(checkout: Checkout) -> str:
    """Of every source, by its name and what is in it."""
    root = sources(checkout)
    whole = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if _is_source(path.relative_to(root)) and path.is_file()):
        whole.update(f"{path.relative_to(root)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def sources(checkout: Checkout) -> Path:
    return checkout.root / "frontend"


def built(checkout: Checkout) -> Path:
    return checkout.sources / "neuroagent" / "app" / "page" / "built"


def stamp(checkout: Checkout) -> Path:
    return checkout.brought / "page.stamp"


def deno_variables(environment: Environment, environ: Mapping[str, str]) -> dict[str, str]:
    """It trusts what the machine trusts, and leaves its cache with what else we bring."""
    own = {"DENO_TLS_CA_STORE": "system", "DENO_DIR": str(environment.checkout.brought / "deno")}
    return {**own, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1", **environment.variables(environ)}


def _is_source(path: Path) -> bool:
    return path.parts[0] not in NOT_SOURCES


def _done(environment: Environment, step: tuple[str, ...], environ: Mapping[str, str], terminal: Terminal) -> bool:
    """What it says is shown only when it fails: a list of a hundred packages helps nobody."""
    command = [str(environment.scripts / "deno"), *step]
    variables = deno_variables(environment, environ)
    try:
        ran = subprocess.run(
            command,
            cwd=sources(environment.checkout),
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        terminal.say(f"     {command[0]}: {error.strerror}")
        return False
    if ran.returncode:
        terminal.say("\n".join(f"     {line}" for line in ran.stdout.splitlines()[-LAST_LINES:]))
    return ran.returncode == 0

"""`./dev generate`: what is derived from other files, made anew from them."""

import subprocess
import tomllib
from collections.abc import Sequence

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.stages import ready_environment
from neuroagent.launcher.terminal import Terminal
from neuroagent.launcher.uv import find_uv, run_uv

KINDS = ("locks", "docs", "wire")
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-emit-index-url"),
    *("--custom-compile-command", "./dev generate locks", "--python-version", "3.11"),
)


def generate(checkout: Checkout, terminal: Terminal, kinds: Sequence[str], options: Sequence[str] = ()) -> int:
    statuses = [_generate(checkout, terminal, kind, options) for kind in kinds or KINDS]
    return max(statuses)


def _generate(checkout: Checkout, terminal: Terminal, kind: str, options: Sequence[str]) -> int:
    if kind == "locks":
        generate_locks(checkout, terminal, options)
        return 0
    python = ready_environment(checkout, terminal, "dev").python
    script = checkout.root / "backend" / "tests" / "docs" / "generated.py"
    terminal.say(f"Writing the {kind} …")
    return subprocess.run([python, script, kind], cwd=checkout.root, check=False).returncode


def generate_locks(checkout: Checkout, terminal: Terminal, options: Sequence[str] = ()) -> None:
    """One lock an extra and one a group; versions and hashes without any address, so that any mirror serves."""
    project = tomllib.loads((checkout.root / "pyproject.toml").read_text(encoding="utf-8"))
    uv = find_uv(checkout, terminal)
    extras = dict.fromkeys(project["project"]["optional-dependencies"], ("pyproject.toml", "--extra"))
    groups = dict.fromkeys(project["dependency-groups"], ("--no-deps", "--group"))  # nothing of the product's own
    for name, which in {**extras, **groups}.items():
        terminal.say(f"locks/{name}.txt …")
        run_uv(uv, *COMPILE, *options, *which, name, "-o", f"locks/{name}.txt", folder=checkout.root)

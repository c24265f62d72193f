"""The installer: the one on the PATH, or one of our own in `.dev/uv`, told what the machine's pip is told."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.errors import InstallFailed
from neuroagent.launcher.exclusive import exclusive
from neuroagent.launcher.terminal import Terminal

PIP_SETTINGS = (":env:.index-url", "install.index-url", "global.index-url")  # in the order of their weight
ADVICE = (
    "Look at the last lines above. If the network can't be reached, or packages come from a mirror here, "
    "set UV_DEFAULT_INDEX to the mirror's address and run the same command again; what is done stays done."
)


def find_uv(checkout: Checkout, terminal: Terminal) -> Path:
    """Bring it if there is none; never into the user's own Python."""
    if on_path := shutil.which("uv"):
        return Path(on_path)
    folder = checkout.brought / "uv"
    with exclusive(checkout.brought / "uv.lock"):
        if not _works(folder / "bin" / "uv"):
            terminal.say("There is no uv on the PATH; bringing one into .dev/uv …")
            _bring(checkout, folder)
    return folder / "bin" / "uv"


def uv_environment(environ: Mapping[str, str], pip_index: str | None) -> dict[str, str]:
    """The installer does not read pip's configuration, and by default knows no certificates but its own."""
    ours = {}
    if pip_index and not (environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")):
        ours["UV_DEFAULT_INDEX"] = pip_index
    if not ("UV_SYSTEM_CERTS" in environ or "UV_NATIVE_TLS" in environ):
        ours |= {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}  # today's name, and that of older versions
    return {**environ, **ours}


def run_uv(uv: Path, *arguments: str | Path, folder: Path) -> None:
    """Its progress and errors go to the terminal; the list of all that it put in place does not."""
    environment = uv_environment(os.environ, pip_index())
    command = [uv, *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, errors="replace") as process:
        for line in process.stderr or ():
            if not line.startswith((" + ", " - ", " ~ ")):
                sys.stderr.write(line)
    if status := process.returncode:
        raise InstallFailed(f"uv {arguments[0]} {arguments[1]} failed (status {status}). {ADVICE}")


@cache
def pip_index(python: str = sys.executable) -> str | None:
    """The package index that this machine's pip is configured for, if any."""
    command = [python, "-m", "pip", "config", "list"]  # `config get` overlooks the file named by PIP_CONFIG_FILE
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    settings = dict(line.split("=", 1) for line in listing.splitlines() if "=" in line)
    found = [settings[name].strip("'\"") for name in PIP_SETTINGS if name in settings]
    return found[0] if found else None


def _works(binary: Path) -> bool:
    try:
        return subprocess.run([binary, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _bring(checkout: Checkout, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    requirements = ["-r", str(checkout.lock("uv"))]
    if _has("venv") and _has("ensurepip") and _call(sys.executable, "-m", "venv", str(folder)):
        done = _call(str(folder / "bin" / "python"), *install, *requirements)
    elif _has("pip"):  # some systems ship venv and ensurepip apart from Python
        shutil.rmtree(folder, ignore_errors=True)
        done = _call(sys.executable, *install, "--target", str(folder), *requirements)
    else:
        raise InstallFailed(
            f"{sys.executable} has neither venv with ensurepip nor pip, so it can't bring uv. Install one of them "
            "(on Debian and Ubuntu: apt install python3-venv), or uv itself: https://docs.astral.sh/uv"
        )
    if not done or not _works(folder / "bin" / "uv"):
        raise InstallFailed(
            "pip could not bring uv; its reason is above. Without a network to a package index, "
            "install uv some other way (https://docs.astral.sh/uv) and run the same command again."
        )


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _call(*command: str) -> bool:
    return subprocess.run(command, check=False).returncode == 0

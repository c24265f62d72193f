"""A Chromium for the tests: the machine's, or Debian's packages unpacked into `.dev`, for which root isn't needed."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.exclusive import exclusive
from neuroagent.launcher.terminal import Terminal

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
PACKAGES: Final = ("chromium", "fonts-dejavu-core")
TOOLS: Final = ("apt-get", "dpkg-deb")
SIMULATE: Final = ("apt-get", "install", "--simulate", "--no-install-recommends", *PACKAGES)
START: Final = """\
#!/bin/sh
# Debian's Chromium, out of a folder.
LD_LIBRARY_PATH={libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}} exec {program} "$@"
"""


def variables(checkout: Checkout, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Where the tests find it; nothing where there is none."""
    found = at_hand(checkout, environ)
    return {"DEV_CHROMIUM": str(found)} if found else {}


def at_hand(checkout: Checkout, environ: Mapping[str, str] = os.environ) -> Path | None:
    for name in NAMES:
        if found := shutil.which(name, path=environ.get("PATH")):
            return Path(found)
    brought = _folder(checkout) / "start"
    return brought if brought.exists() else None


def bring(checkout: Checkout, terminal: Terminal) -> None:
    """Where it can't be had, the tests that need it are listed as not run."""
    if at_hand(checkout) or not all(shutil.which(tool) for tool in TOOLS):
        return
    terminal.say("A Chromium for the tests of the page …")
    with exclusive(checkout.brought / "chromium.lock"):
        if not at_hand(checkout):
            _unpack(_folder(checkout))


def _unpack(folder: Path) -> None:
    """The start comes last: an interrupted download is taken up again."""
    shutil.rmtree(folder, ignore_errors=True)
    packed = folder / "packed"
    packed.mkdir(parents=True)
    names = [line.split()[1] for line in _said(SIMULATE).splitlines() if line.startswith("Inst ")]
    if not names or not _succeeds(("apt-get", "download", *names), packed):
        return
    for package in packed.glob("*.deb"):
        _succeeds(("dpkg-deb", "-x", str(package), str(folder)), packed)
    shutil.rmtree(packed)
    program = folder / "usr" / "lib" / "chromium" / "chromium"
    libraries = [*folder.glob("usr/lib/*-linux-gnu*"), *folder.glob("lib/*-linux-gnu*")]
    libraries += [path / "pulseaudio" for path in libraries]
    if program.exists():
        text = START.format(libraries=shlex.quote(":".join(map(str, libraries))), program=shlex.quote(str(program)))
        start = folder / "start"
        start.write_text(text, encoding="utf-8")
        start.chmod(0o755)


def _folder(checkout: Checkout) -> Path:
    return checkout.brought / "chromium"


def _said(command: tuple[str, ...]) -> str:
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False).stdout


def _succeeds(command: tuple[str, ...], folder: Path) -> bool:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0

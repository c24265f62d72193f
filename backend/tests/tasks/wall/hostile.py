"""A wall with a hostile child behind it, and the things around that it may try to reach."""

import json
import secrets
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from neuroagent.tasks.wall.layers import Layer, Standing
from neuroagent.tasks.wall.python import interpreter_folders
from neuroagent.tasks.wall.wall import Wall

SCRIPT = Path(__file__).with_name("attempts.py")
SECRET = "the neighbour's secret"
MEGABYTES = 2**20


@dataclass(frozen=True)
class Surroundings:
    """What is there to be reached: a secret file, a folder to plant in, and sockets of every kind."""

    folder: Path
    targets: dict[str, Any]
    listeners: tuple[socket.socket, ...] = ()

    def heard(self) -> list[str]:
        """Every connection and every datagram that arrived since the last time."""
        ready, _, _ = select.select(self.listeners, [], [], 0)
        return [str(one.accept()[1] if one.type == socket.SOCK_STREAM else one.recv(100)) for one in ready]

    def tried(self, wall: Wall, *names: str, env: dict[str, str] | None = None) -> dict[str, str]:
        """What the child got; a child that was killed got nothing and says nothing."""
        walled = replace(wall, read=(*wall.read, SCRIPT, *interpreter_folders()))
        command = [sys.executable, "-I", "-S", str(SCRIPT), json.dumps([names, self.targets])]
        with walled.start(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            out, errors = child.communicate(timeout=60)
        assert child.returncode == 0, errors.decode()
        results: dict[str, str] = json.loads(out)
        return results


@contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    folder.chmod(0o755)
    (folder / "secret").write_text(SECRET, encoding="utf-8")
    (folder / "writable").mkdir(mode=0o777)
    (folder / "readable").mkdir(mode=0o755)
    (folder / "readable" / "link").symlink_to(folder / "secret")
    abstract = f"wall-{secrets.token_hex(8)}"
    targets: dict[str, Any] = {
        "secret": str(folder / "secret"),
        "folder": str(folder),
        "writable": str(folder / "writable"),
        "link": str(folder / "readable" / "link"),
        "unix": str(folder / "socket"),
        "abstract": abstract,
    }
    with ExitStack() as stack:
        tcp, udp = (stack.enter_context(socket.socket(type=kind)) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM))
        for name, server in (("tcp", tcp), ("udp", udp)):
            server.bind(("127.0.0.1", 0))
            targets[name] = server.getsockname()[1]
        for address in (targets["unix"], "\0" + abstract):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()
        (folder / "socket").chmod(0o777)
        tcp.listen()
        decoy = stack.enter_context(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
        stack.callback(decoy.kill)
        targets["decoy"] = decoy.pid
        yield Surroundings(folder, targets, (tcp, udp))


def needs(*layers: Layer) -> None:
    """Skip where this machine doesn't give a layer, with its reason."""
    missing = [str(one) for one in survey() if one.layer in layers and not one.stands]
    if missing:
        pytest.skip("; ".join(missing))


@cache
def survey() -> list[Standing]:
    return Wall().survey()

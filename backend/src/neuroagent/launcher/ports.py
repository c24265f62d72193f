"""A port that is taken: which, by whom, and which setting changes ours."""

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from neuroagent.launcher import processes
from neuroagent.launcher.errors import PortTaken

LISTENING = "0A"  # /proc/net/tcp's word for it


def require_free(host: str, port: int, ours: str, setting: str) -> None:
    reason = _why_not(host, port)
    if reason is None:
        return
    who = listener(port)
    by = f"{who} listens there" if who else reason
    raise PortTaken(f"{ours} needs port {port}, but {by}. End that, or choose another port: {setting}.")


def listener(port: int) -> str | None:
    """The program that listens there, as far as this user may see it."""
    linux = Path("/proc/net/tcp").exists()
    for pid in _holders_of(set(_listening_sockets(port))) if linux else _from_lsof(port):
        if process := processes.find(pid):
            return f"process {pid} ({process.command[:100]})"
    return None


def _why_not(host: str, port: int) -> str | None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: old connections don't count
        try:
            ours.bind(address)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            return "another program listens there" if taken else f"it can't be had: {error.strerror}"
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return "another program listens there"  # on macOS a bind succeeds beside a listener on all addresses
    return None


def _listening_sockets(port: int) -> Iterator[str]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                    yield f"socket:[{rest[5]}]"


def _holders_of(sockets: set[str]) -> Iterator[int]:
    for descriptor in processes.PROC.glob("[0-9]*/fd/*"):
        with suppress(OSError):  # gone meanwhile, or another user's
            if str(descriptor.readlink()) in sockets:
                yield int(descriptor.parts[2])


def _from_lsof(port: int) -> Iterator[int]:
    lsof = shutil.which("lsof", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if lsof:
        found = subprocess.run([lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"], capture_output=True, check=False)
        yield from (int(line) for line in found.stdout.split())

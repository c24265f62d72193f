"""What a wall is built of, and what to say when a part of it is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """In the order in which they go up; each holds without the others."""

    NAMESPACES = "namespaces"
    ROOT = "root"
    USER = "user"
    PARENT = "parent"
    NO_NEW_PRIVS = "no_new_privs"
    LANDLOCK = "landlock"
    LIMITS = "limits"
    SECCOMP = "seccomp"


HOLDS = {
    Layer.NAMESPACES: "no network, no shared memory with others",
    Layer.ROOT: "sees only the files it was given",
    Layer.USER: "runs as nobody",
    Layer.PARENT: "dies with the process that started it",
    Layer.NO_NEW_PRIVS: "gains no right by starting a program",
    Layer.LANDLOCK: "opens only what it was given, no TCP, signals nobody",
    Layer.LIMITS: "memory, CPU time, files and threads are counted",
    Layer.SECCOMP: "starts no program, opens no socket, reaches no dangerous part of the kernel",
}


@dataclass(frozen=True)
class Standing:
    """One layer as it came out: in force, or why it is not."""

    layer: Layer
    detail: str
    stands: bool = True

    def __str__(self) -> str:
        said = f"{self.layer}: {HOLDS[self.layer]}"
        return f"{said} ({self.detail})" if self.stands else f"{self.layer}: MISSING, {self.detail}"


class WallError(Exception):
    """A child that was not started; nothing of it runs."""


class WallIncomplete(WallError):
    """A layer that the settings require is not to be had here."""

    def __init__(self, missing: Iterable[Standing]) -> None:
        reasons = "; ".join(f"{one.layer}: {one.detail}" for one in missing)
        super().__init__(
            f"The sandbox's wall must have layers that this machine does not give: {reasons}. "
            "Run where they exist, or take them out of the required ones (TASKS_SANDBOX__REQUIRE)."
        )

"""Starts a command as a child behind the wall."""

import os
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from neuroagent.tasks.wall.calls import pick_secret, seccomp_filter, this_machine
from neuroagent.tasks.wall.inside.order import Order
from neuroagent.tasks.wall.launch import Stream, Streams, launch
from neuroagent.tasks.wall.layers import Layer, Standing, WallError

LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
CLOCKS: Final = ("/etc/localtime", "/usr/share/zoneinfo")
LOADERS: Final = ("lib/ld-*.so*", "lib64/ld-*.so*", "lib/*/ld-*.so*")


@dataclass(frozen=True)
class Wall:
    """What a child may do; all else it may not. A folder stands for everything in it.

    The folders of `write` are given away: started as root, the child has a user of its own, who owns them from then on.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    execute: tuple[Path, ...] = ()
    memory_bytes: int | None = None  # what it fills; programs with a large empty address space, like Deno, need this
    address_space_bytes: int | None = None  # what it reserves; stricter, for plain programs
    cpu_seconds: int | None = None
    file_size: int = 0
    threads: int | None = None  # started by another user than root, everything of that user counts
    open_files: int = 256
    network: bool = False
    require: frozenset[Layer] = frozenset()
    layers: frozenset[Layer] = frozenset(Layer)

    def start(  # noqa: PLR0913 - what it takes is what a Popen takes
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        stdin: Stream = subprocess.DEVNULL,
        stdout: Stream = subprocess.DEVNULL,
        stderr: Stream = subprocess.DEVNULL,
        pass_fds: Collection[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Returns when the program runs, in the folder `/`, with `env` as its whole environment."""
        whole = (_program(command[0]), *map(str, command[1:]))
        streams = Streams(stdin, stdout, stderr, tuple(pass_fds))
        process, _ = launch(lambda number: self._order(number, whole, env or {}), streams)
        return process

    def survey(self) -> list[Standing]:
        """Put the wall up around nothing, and say what of it stands on this machine."""
        process, standings = launch(lambda number: self._order(number, (), {}), Streams())
        process.wait()
        return standings

    def _order(self, process: int, command: Sequence[str], env: Mapping[str, str]) -> Order:
        secret = pick_secret()
        machine = this_machine()
        return {
            "parent": os.getpid(),
            "command": list(command),
            "environment": dict(env),
            "layers": [str(layer) for layer in self.layers],
            "require": [str(layer) for layer in self.require],
            "read": [*_present(self.read), *_existing(LIBRARIES + CLOCKS)],
            "write": _present(self.write),
            "execute": [*_present(self.execute), *command[:1], *_loaders()],
            "network": self.network,
            "limits": {name: most for name, most in self._limits() if most is not None},
            "filter": seccomp_filter(machine, process, secret, network=self.network) if machine else b"",
            "secret": (secret.path, secret.arguments, secret.environment),
        }

    def _limits(self) -> Iterator[tuple[str, int | None]]:
        yield "CORE", 0
        yield "NOFILE", self.open_files
        yield "FSIZE", self.file_size
        yield "DATA", self.memory_bytes
        yield "AS", self.address_space_bytes
        yield "CPU", self.cpu_seconds
        yield "NPROC", self.threads


def _program(name: str | Path) -> str:
    """Found as a shell would."""
    found = shutil.which(name)
    if found is None:
        raise WallError(
            f"There is no program {str(name)!r} to start behind the wall; install it or give its full path."
        )
    return str(Path(found).absolute())  # the child starts in another folder


def _present(paths: Sequence[Path]) -> list[str]:
    for path in paths:
        if not path.is_absolute() or not path.exists():
            raise WallError(f"The wall can't open a way to {str(path)!r}: it must be a full path, and exist.")
    return [str(path) for path in paths]


def _existing(paths: Sequence[str]) -> list[str]:
    return [path for path in paths if Path(path).exists()]


def _loaders() -> list[str]:
    """What starts any program that isn't wholly static."""
    return [str(loader) for pattern in LOADERS for loader in sorted(Path("/").glob(pattern))]

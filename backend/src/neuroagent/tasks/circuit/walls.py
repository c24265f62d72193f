"""The wall around readers and the process that runs statements: the sandbox's own, as far as the machine gives it."""

import logging
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Final

from neuroagent.task_schemas.errors import Retryable
from neuroagent.tasks.circuit.reader.program import LIMITS
from neuroagent.tasks.circuit.reader.supervisor import ENVIRONMENT, TROUBLE
from neuroagent.tasks.circuit.sql.standing import Start as StartJail
from neuroagent.tasks.wall.layers import Layer, WallError
from neuroagent.tasks.wall.python import interpreter_folders
from neuroagent.tasks.wall.wall import Wall

OF_ITS_FORKS: Final = frozenset({Layer.LANDLOCK, Layer.SECCOMP})  # which they put up themselves: sql/seal.py

logger = logging.getLogger(__name__)


def start_reader(command: Sequence[str], folder: Path) -> "Popen[bytes]":
    """It sees the interpreter and its own folder, which is given away to it."""
    wall = Wall(
        read=interpreter_folders(),
        write=(folder,),
        memory_bytes=LIMITS[resource.RLIMIT_DATA],
        cpu_seconds=LIMITS[resource.RLIMIT_CPU],
        file_size=LIMITS[resource.RLIMIT_FSIZE],
    )
    with (folder / TROUBLE).open("wb") as trouble, _told():
        return wall.start((*command, str(folder)), env=ENVIRONMENT, stdin=PIPE, stdout=PIPE, stderr=trouble)


def jail_beside(tables: Path) -> StartJail:
    """It sees the interpreter and the tables; a fork that runs a statement opens the one it is asked about."""
    wall = Wall(read=(*interpreter_folders(), tables), layers=frozenset(Layer) - OF_ITS_FORKS)

    def start(command: Sequence[str]) -> "Popen[bytes]":
        with _told():
            return wall.start(command, stdin=PIPE, stdout=PIPE)

    return start


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except WallError as error:
        raise Retryable(f"Nothing could be started to read the circuit with: {error}") from error


def say_what_is_missing() -> None:
    """One line for each layer that this machine doesn't give."""
    with _told():
        standings = Wall(read=interpreter_folders()).survey()
    for standing in standings:
        if not standing.stands:
            logger.warning("circuit.wall_layer_missing", extra={"layer": standing.layer, "reason": standing.detail})

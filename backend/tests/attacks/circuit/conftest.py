"""A secret that no file of a stranger may bring along, and a reader to give those files to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from neuroagent.tasks.circuit.reader.supervisor import Reader

SECRET = b"s3cret-of-this-machine"
PATIENCE = 20.0  # a busy machine needs some to start an interpreter


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "outside" / "secret.txt"
    path.parent.mkdir()
    path.write_bytes(SECRET * 10)
    return path


class Victims:
    """One reader for many attacks, so that each also shows whether the one before has done harm; another if it died."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        if self._reader is None or not self._reader.is_alive:
            self.close()
            self._reader = Reader(within=self._folder, patience=PATIENCE)
        return self._reader

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    pool = Victims(tmp_path_factory.mktemp("readers"))
    yield pool
    pool.close()

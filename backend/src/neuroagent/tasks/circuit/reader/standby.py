"""One reader is always started ahead, so that nobody waits for an interpreter and its imports."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from neuroagent.tasks.circuit.reader.supervisor import ONE_REQUEST, Reader, Start, start_plainly


class Readers:
    """A fresh reader for each file, and the next one already on its way."""

    def __init__(self, start: Start = start_plainly, within: Path | None = None, patience: float = ONE_REQUEST) -> None:
        self._start = start
        self._patience = patience
        self._within = within
        self._lock = Lock()
        self._spare: Reader | None = None

    def warm(self) -> None:
        with self._lock:
            self._spare = self._spare or self._new()

    def ready(self) -> None:
        """Wait until the spare one has started."""
        self.warm()
        with self._lock:
            if self._spare is not None:
                self._spare.greet()

    @contextmanager
    def lend(self) -> Iterator[Reader]:
        reader = self._taken()
        try:
            yield reader
        finally:
            reader.close()
            self.warm()

    def close(self) -> None:
        with self._lock:
            if self._spare is not None:
                self._spare.close()
            self._spare = None

    def _taken(self) -> Reader:
        with self._lock:
            spare, self._spare = self._spare, None
        if spare is not None and spare.is_alive:
            return spare
        if spare is not None:
            spare.close()
        return self._new()

    def _new(self) -> Reader:
        if self._within is not None:
            self._within.mkdir(parents=True, exist_ok=True)
        return Reader(self._start, self._within, self._patience)

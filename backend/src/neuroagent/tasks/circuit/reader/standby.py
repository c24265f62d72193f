"""One reader is always started ahead, so that nobody waits for an interpreter and its imports."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread

from neuroagent.task_schemas.errors import Retryable
from neuroagent.tasks.circuit.reader.supervisor import ONE_REQUEST, Reader, Start, start_plainly

logger = logging.getLogger(__name__)


class Readers:
    """A fresh reader for each file, and the next one already on its way."""

    def __init__(self, start: Start = start_plainly, within: Path | None = None, patience: float = ONE_REQUEST) -> None:
        self._start = start
        self._patience = patience
        self._within = within
        self._lock = Lock()
        self._spare: Reader | None = None
        self._starting: Thread | None = None

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
            self._warm_beside()

    def close(self) -> None:
        if self._starting is not None:
            self._starting.join()
        with self._lock:
            if self._spare is not None:
                self._spare.close()
            self._spare = None

    def _warm_beside(self) -> None:
        """The answer doesn't wait for the next one's reader."""
        self._starting = Thread(target=self._try_to_warm, name="next reader", daemon=True)
        self._starting.start()

    def _try_to_warm(self) -> None:
        try:
            self.warm()
        except (Retryable, OSError) as error:  # who needs one tries again, and is told
            logger.warning("reader.not_started", extra={"reason": str(error)})

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

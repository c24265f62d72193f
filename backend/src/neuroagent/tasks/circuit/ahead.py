"""Bytes made ready in a thread while those before them are used: unpacking is most of a first contact."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Event, Thread
from typing import Final, Protocol

AT_ONCE: Final = 2**20
WAITING: Final = 4  # chunks that are ready; more would only be memory


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@contextmanager
def ahead(source: Readable, size: int = AT_ONCE) -> Iterator[Readable]:
    """Afterwards nobody reads from the source any more; where no thread can be started, it is read as it is."""
    reading = _Ahead(source, size)
    try:
        reading.thread.start()
    except RuntimeError:  # the wall, or the system, allows none
        yield source
        return
    try:
        yield reading
    finally:
        reading.close()


class _Ahead:
    """What goes wrong in the source is raised where its bytes would have come."""

    def __init__(self, source: Readable, size: int) -> None:
        self.thread = Thread(target=self._fill, args=(source, size), daemon=True)
        self._chunks: Queue[bytes | BaseException] = Queue(WAITING)
        self._is_over = Event()
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Not always as much as is asked for, and nothing only at the end."""
        if not self._rest:
            found = self._chunks.get()
            if not found or isinstance(found, BaseException):
                self._chunks.put(found)  # it is so for whoever asks again
            if isinstance(found, BaseException):
                raise found
            self._rest = found
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def close(self) -> None:
        self._is_over.set()
        while self.thread.is_alive():
            try:
                self._chunks.get(timeout=0.01)  # a full queue would hold it up
            except Empty:
                continue

    def _fill(self, source: Readable, size: int) -> None:
        try:
            while not self._is_over.is_set():
                chunk = source.read(size)
                self._chunks.put(chunk)
                if not chunk:
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that asks
            self._chunks.put(error)

"""Bytes made ready in a thread while those before them are used: unpacking is most of a first contact."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Protocol

AT_ONCE: Final = 2**20
WAITING: Final = 4  # chunks that are ready; more would only be memory


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@contextmanager
def ahead(source: Readable, size: int = AT_ONCE) -> Iterator[Readable]:
    """Afterwards nobody reads from the source any more; where no thread can be started, it is read as it is."""
    with ThreadPoolExecutor(1, "ahead") as thread:
        try:
            reading = _Ahead(source, size, thread)
        except RuntimeError:  # the wall, or the system, allows none
            yield source
            return
        try:
            yield reading
        finally:
            reading.close()


class _Ahead:
    """What goes wrong in the source is raised where its bytes would have come."""

    def __init__(self, source: Readable, size: int, thread: ThreadPoolExecutor) -> None:
        self._source, self._size, self._thread = source, size, thread
        self._coming: deque[Future[bytes]] = deque()
        self._rest = b""
        for _ in range(WAITING):
            self._go_on()

    def read(self, size: int, /) -> bytes:
        """Not always as much as is asked for, and nothing only at the end."""
        if not self._rest:
            self._rest = self._coming[0].result()
            if self._rest:  # the end, as what went wrong, stays for whoever asks again
                self._coming.popleft()
                self._go_on()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def close(self) -> None:
        for chunk in self._coming:
            chunk.cancel()

    def _go_on(self) -> None:
        self._coming.append(self._thread.submit(self._source.read, self._size))

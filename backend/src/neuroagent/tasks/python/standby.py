"""Interpreters that wait for work: as one is taken, the next is made in the background."""

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from neuroagent.tasks.python.line import SlotBroken, SlotSilent
from neuroagent.tasks.python.slot import Limits, Slot
from neuroagent.tasks.wall.layers import WallError

logger = logging.getLogger(__name__)

PAUSE: Final = 5.0  # seconds between tries when none can be made
LONG: Final = 1.0  # seconds that the making of the next slot waits for a run: it goes first, unless it takes so long
QUIET: Final = 0.02  # seconds after a run: its answer goes first too


@dataclass
class Standby:
    """One thread makes and ends every slot: a child dies with the thread that started it, so the thread must stay."""

    image: Path
    limits: Limits
    size: int = 1
    _ready: "queue.Queue[Slot]" = field(default_factory=queue.Queue, init=False)
    _wanted: "queue.Queue[Slot | None]" = field(default_factory=queue.Queue, init=False)
    _ended: "queue.Queue[Slot]" = field(default_factory=queue.Queue, init=False)
    _closed: threading.Event = field(default_factory=threading.Event, init=False)
    _awaited: int = field(default=0, init=False)  # how many wait at this moment
    _waits: threading.Lock = field(default_factory=threading.Lock, init=False)
    _trouble: Exception | None = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def open(self) -> None:
        if self._thread is None:
            for _ in range(self.size):
                self._wanted.put(None)
            self._thread = threading.Thread(target=self._make, name="sandbox standby", daemon=True)
            self._thread.start()

    def take(self, patience: float, on_wait: Callable[[], object] = bool) -> Slot:
        """One that is ready, at once if one stands by; else `on_wait` is called before the wait."""
        self.open()
        while True:
            slot = self._next(patience, on_wait)
            self._wanted.put(slot)
            if slot.is_alive():
                return slot
            slot.kill()

    def cold(self) -> Slot:
        """One that is half booted, for a session that a ready one can't take up."""
        slot = Slot.start(self.image, self.limits)
        slot.half()
        return slot

    def give_back(self, slot: Slot) -> None:
        """Nobody waits for its end but the thread that makes the next."""
        slot.stop()
        self._ended.put(slot)

    def _next(self, patience: float, on_wait: Callable[[], object]) -> Slot:
        with suppress(queue.Empty):
            return self._ready.get_nowait()
        on_wait()
        with self._waits:
            self._awaited += 1
        try:
            return self._ready.get(timeout=patience)
        except queue.Empty:
            raise self._trouble or SlotBroken(f"no interpreter became ready in {patience:g} s") from None
        finally:
            with self._waits:
                self._awaited -= 1

    def close(self) -> None:
        """When it returns, nothing of it runs any more."""
        self._closed.set()
        self._wanted.put(None)
        if self._thread is not None:
            self._thread.join()

    def _make(self) -> None:
        while self._is_wanted():
            try:
                self._ready.put(self._made())
                self._trouble = None
            except (SlotBroken, SlotSilent, WallError, OSError) as trouble:
                logger.exception("sandbox.no_interpreter")
                self._trouble = trouble
                self._wanted.put(None)
                self._closed.wait(PAUSE)
        _kill_all(self._ready)
        _kill_all(self._ended)

    def _is_wanted(self) -> bool:
        """One for each that was taken, when that one's run is over; False when there is an end to it."""
        taken = self._wanted.get()
        if taken is not None and taken.over.wait(LONG) and not self._is_awaited():
            self._closed.wait(QUIET)
        return not self._closed.is_set()

    def _is_awaited(self) -> bool:
        return self._awaited > 0

    def _made(self) -> Slot:
        slot = Slot.start(self.image, self.limits)
        try:
            slot.begin()  # it reads the base's memory while it is still booting
            _kill_all(self._ended)  # meanwhile
            slot.half()
            slot.ready(self._is_awaited)
        except BaseException:
            slot.kill()
            raise
        return slot


def _kill_all(slots: "queue.Queue[Slot]") -> None:
    with suppress(queue.Empty):
        while True:
            slots.get_nowait().kill()

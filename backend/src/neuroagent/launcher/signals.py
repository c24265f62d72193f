"""What the person at the keyboard, or whoever sends signals, wants: to end, or to end at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Wish:
    """Plain flags, because a signal handler may not take a lock that the interrupted code might hold."""

    stop: bool = False
    hurry: bool = False
    patient: bool = False

    def note(self, number: int, _frame: FrameType | None) -> None:
        """A TERM after the first Ctrl-C is the shell passing on the same one; only a second INT is impatience."""
        self.hurry = self.hurry or (self.stop and number == signal.SIGINT)
        self.stop = True
        if not self.patient:
            raise KeyboardInterrupt

    def in_a_hurry(self) -> bool:
        return self.hurry


@contextmanager
def listening() -> Iterator[Wish]:
    """Until the wish is made patient a signal interrupts whatever runs; then it is only noted."""
    wish = Wish()
    before = {number: signal.signal(number, wish.note) for number in STOPPING}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

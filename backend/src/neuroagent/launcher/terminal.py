"""The person's terminal: colours where it has them, and never an exception for a character or a closed pipe."""

import os
import select
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TextIO

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "magenta": "35", "cyan": "36"}


@dataclass(frozen=True)
class Terminal:
    """Written to without a buffer, so that nothing is left to fail at the end."""

    descriptor: int
    encoding: str
    live: bool
    colours: bool

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str] = os.environ) -> Self:
        live = stream.isatty() and environ.get("TERM") != "dumb"
        return cls(stream.fileno(), stream.encoding, live, colours=live and not environ.get("NO_COLOR"))

    def paint(self, text: str, style: str) -> str:
        return f"\033[{STYLES[style]}m{text}\033[0m" if self.colours else text

    def say(self, text: str = "") -> None:
        self.write(f"{text}\n")

    def step(self, number: int, total: int, text: str) -> None:
        self.say(f"{self.paint(f'{number}/{total}', 'cyan')}  {text}")

    def write(self, text: str) -> None:
        rest = text.encode(self.encoding, errors="replace")
        while rest:
            try:
                rest = rest[os.write(self.descriptor, rest) :]
            except BlockingIOError:  # someone who shares the terminal made it non-blocking
                select.select([], [self.descriptor], [])
            except OSError:  # nobody reads us any more; that is no reason to stop serving
                return

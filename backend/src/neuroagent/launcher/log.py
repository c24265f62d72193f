"""The lines of many processes on one terminal: each whole, none lost, a live line below them."""

import shutil
import threading
from collections import deque

from neuroagent.launcher.terminal import Terminal

ROOM = 10_000  # lines that may wait for a slow reader before the processes wait too
PREFIX_STYLES = {"app": "cyan", "tasks": "magenta", "redis": "yellow"}
CLEAR_LINE = "\r\033[2K"


class Log:
    """Only its own thread writes, so that a terminal on hold (Ctrl-S) can't hold up the supervision."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._waiting: deque[str] = deque()
        self._status = ""
        self._shown = ""
        self._closed = False
        self._changed = threading.Condition()
        self._writer = threading.Thread(target=self._write, name="log", daemon=True)
        self._writer.start()

    def say(self, text: str = "") -> None:
        """A line of the launcher's own; never blocks."""
        with self._changed:
            self._waiting.append(text)
            self._changed.notify_all()

    def line(self, name: str, text: str) -> None:
        """A line of a process; waits while the reader is far behind."""
        prefix = self.terminal.paint(f"{name:<6} │", PREFIX_STYLES.get(name, "green"))
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < ROOM or self._closed)
            self._waiting.append(f"{prefix} {text}")
            self._changed.notify_all()

    def status(self, text: str) -> None:
        """What is awaited: a line that replaces itself on a terminal, elsewhere a line whenever it changes."""
        with self._changed:
            if text and text != self._status and not self.terminal.live:
                self._waiting.append(text)
            self._status = text
            self._changed.notify_all()

    def close(self, patience: float = 1.0) -> None:
        with self._changed:
            self._closed, self._status = True, ""
            self._changed.notify_all()
        self._writer.join(patience)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed or self._status != self._shown)
                lines, status = list(self._waiting), self._status
                self._waiting.clear()
                self._changed.notify_all()
                ended = self._closed
            self.terminal.write(self._picture(lines, status))
            self._shown = status
            if ended:
                return

    def _picture(self, lines: list[str], status: str) -> str:
        text = "".join(f"{line}\n" for line in lines)
        if not self.terminal.live:
            return text
        width = shutil.get_terminal_size().columns - 1
        return (
            (CLEAR_LINE if self._shown else "") + text + (self.terminal.paint(status[:width], "dim") if status else "")
        )

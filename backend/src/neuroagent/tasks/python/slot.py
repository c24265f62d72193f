"""One interpreter in a process of its own behind the wall, used once and thrown away."""

import os
import secrets
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final, Self

from deno import find_deno_bin

from neuroagent.tasks.python.line import SECRET, Line, News, SlotBroken, SlotSilent, order
from neuroagent.tasks.wall.layers import Layer
from neuroagent.tasks.wall.wall import Wall

BOOT: Final = 60.0  # seconds until a slot that is still booting counts as broken; a busy machine takes its time
TERMINATED_AFTER: Final = 1.0  # seconds that the inner half gives a script after the interrupt
KILLED_AFTER: Final = 3.0  # seconds after the interrupt
DUMP: Final = 20.0
WASM_PAGE: Final = 65_536
REHEARSALS: Final = 3
REHEARSAL: Final = "print(1)"
_ENVIRONMENT: Final = {
    "NO_COLOR": "1",
    "DENO_NO_UPDATE_CHECK": "1",
    "DENO_DIR": "/nowhere",
    # What is large is given back as soon as it is free: an idle interpreter is to be small.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "16384",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}
_ALONE: Final = (
    "--no-prompt",
    "--no-remote",
    "--no-npm",
    "--no-config",
    "--no-lock",
    "--cached-only",
    "--no-code-cache",
)


@dataclass(frozen=True)
class Limits:
    """What one interpreter may take; `permissions` is for tests that take Deno's own wall away."""

    memory_mb: int = 1024
    output_bytes: int = 200_000
    cpu_seconds: int = 600
    require: frozenset[Layer] = frozenset()
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """What a session is made of, as the slot sees it."""

    memory: bytes
    files: bytes


@dataclass
class Slot:
    process: subprocess.Popen[bytes]
    line: Line
    over: threading.Event = field(default_factory=threading.Event, init=False)  # it serves no longer
    _run: int = field(default=0, init=False)

    @classmethod
    def start(cls, image: Path, limits: Limits) -> Self:
        """Returns at once; `ready` and `half` wait."""
        wall = Wall(
            read=(image,),
            memory_bytes=(limits.memory_mb + 1536) << 20,  # Deno itself needs some; the pages below are the true limit
            cpu_seconds=limits.cpu_seconds,
            require=limits.require,
        )
        pipe = subprocess.PIPE
        process = wall.start(
            _command(image, limits), env=_ENVIRONMENT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        secret = secrets.token_bytes(SECRET)
        assert process.stdout is not None  # noqa: S101 - for the type checker: PIPE was asked for
        slot = cls(process, Line(process.stdout, secret))
        slot._write(secret + order({"output": limits.output_bytes}))
        return slot

    def half(self) -> None:
        """Wait until only memory is missing: the base's or a session's."""
        self._await(BOOT, "half")

    def begin(self, state: State | None = None, *, rehearse: bool = True) -> None:
        """Give it the base's memory, or a session's; without memory, only the session's files.

        A rehearsal makes the first run fast, and only after one can a session be taken up by a ready slot later on.
        """
        given = state or State(b"", b"")
        lengths = {"memory": len(given.memory), "files": len(given.files)}
        self.send({"do": "begin", "ready": rehearse, **lengths}, given.memory + given.files)

    def ready(self, is_awaited: Callable[[], bool] = lambda: False) -> None:
        """Wait until it can run; if it is to rehearse, it does so through the very line that will serve.

        Who waits for it waits for no rehearsal: his first run takes some hundredths longer, and he has it sooner.
        """
        if self._await(BOOT, "rehearse", "ready").event == "rehearse":
            if not is_awaited():
                self._rehearse(is_awaited)
            self.send({"do": "rehearsed"})
            self._await(BOOT, "ready")

    def _rehearse(self, is_awaited: Callable[[], bool]) -> None:
        self.send({"do": "rehearse"})
        for _ in range(REHEARSALS):
            *_, last = self.run(REHEARSAL, {}, BOOT)
            if last.event != "done":
                raise SlotBroken(f"its rehearsal ended in {last.event!r}: {str(last.details.get('why', ''))[:2000]}")
            if is_awaited():
                return

    def restore(self, state: State) -> bool:
        """Take up a session in a ready slot; False where only `begin` of a half-booted one can."""
        self.send({"do": "restore", "memory": len(state.memory)}, state.memory + state.files)
        return self._await(DUMP, "ready", "unlike").event == "ready"

    def run(self, script: str, files: Mapping[str, bytes], seconds: float) -> Iterator[News]:
        """Everything that happens, the last of it `done`, `terminated`, `killed` or `broken`."""
        self._run += 1
        code = script.encode("utf-8", "surrogateescape")
        listed = [[name, len(content)] for name, content in files.items()]
        details = {"do": "run", "id": self._run, "script": len(code), "files": listed, "milliseconds": seconds * 1000}
        yield from self._until_over(details, code + b"".join(files.values()), monotonic() + seconds + KILLED_AFTER)

    def wind_down(self) -> News:
        """Interrupt a run that is going on, and hear how it ends."""
        self.send({"do": "interrupt"})
        return [*self._events(monotonic() + KILLED_AFTER)][-1]

    def _until_over(self, details: dict[str, Any], payload: bytes, deadline: float) -> Iterator[News]:
        try:
            self.send(details, payload)
        except SlotBroken as trouble:
            yield News("broken", {"event": "broken", "why": str(trouble)}, b"")
            return
        yield from self._events(deadline)

    def _events(self, deadline: float) -> Iterator[News]:
        while True:
            try:
                news = self.line.next(deadline)
            except SlotSilent:
                self.kill()
                news = News("killed", {"event": "killed"}, b"")
            except SlotBroken as trouble:
                self.kill()
                news = News("broken", {"event": "broken", "why": str(trouble)}, b"")
            if news.event in {"done", "terminated", "killed", "broken"}:
                yield news
                return
            if news.details.get("id") == self._run:
                yield news

    def dump(self) -> State | None:
        """The session as it is now; None when it has more files than one may keep."""
        self.send({"do": "dump"})
        deadline = monotonic() + DUMP
        while (news := self.line.next(deadline)).event not in {"state", "too large", "broken"}:
            pass
        if news.event == "broken":
            raise SlotBroken(news.text("why", 4_000))
        if news.event == "too large":
            return None
        memory = int(news.number("memory", len(news.payload)))
        return State(news.payload[:memory], news.payload[memory:])

    def send(self, details: dict[str, Any], payload: bytes = b"") -> None:
        self._write(order(details, payload))

    def stop(self) -> None:
        """It runs no further; `kill` also waits until it is gone, which takes some hundredths of a second."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.over.set()

    def kill(self) -> None:
        self.stop()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def _await(self, seconds: float, *events: str) -> News:
        news = self.line.next(monotonic() + seconds)
        if news.event not in events:
            wanted = " or ".join(map(repr, events))
            raise SlotBroken(f"it said {news.event!r} and not {wanted}: {str(news.details.get('why', ''))[:2000]}")
        return news

    def _write(self, frame: bytes) -> None:
        assert self.process.stdin is not None  # noqa: S101 - as above
        try:
            number = self.process.stdin.fileno()
            for at in range(0, len(frame), 1 << 16):
                piece = frame[at : at + (1 << 16)]
                while piece:
                    piece = piece[os.write(number, piece) :]
        except (OSError, ValueError):  # the latter when it was killed, and its pipes with it
            raise SlotBroken("its process ended") from None


def resident_bytes(process: int) -> int:
    """What the process adds to what others share with it."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def _command(image: Path, limits: Limits) -> Sequence[str]:
    engine = (
        "--expose-gc",
        "--disallow-code-generation-from-strings",
        # Guesses about the interpreter's loop turn out wrong, and each costs a fifth of a second of compiling it anew.
        "--no-wasm-deopt",
        # Nor is it compiled for speed before it has run for a while: a process serves once, and most scripts are short.
        "--wasm-tiering-budget=200000000",
        # An idle interpreter is to be small: 4 MB of copied builtins less, 13 MB of room for young objects.
        "--no-short-builtin-calls",
        "--max-semi-space-size=2",
        f"--wasm-max-mem-pages={(limits.memory_mb << 20) // WASM_PAGE}",
    )
    reach = limits.permissions or (f"--allow-read={image}",)
    flags = (*_ALONE, "--unstable-worker-options", f"--v8-flags={','.join(engine)}")
    return (find_deno_bin(), "run", *reach, *flags, str(image / "host.mjs"))

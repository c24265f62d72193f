"""Where attacks take place: a slot for the attacker, another for the next person, and things around worth stealing."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tasks.wall.hostile import Surroundings

from neuroagent.tasks.python.image.manifest import digests
from neuroagent.tasks.python.slot import Limits, Slot, State

LIMITS = Limits(memory_mb=256, cpu_seconds=60)


@dataclass(frozen=True)
class Outcome:
    """What came of a script, as the supervisor saw it."""

    event: str
    stdout: str
    stderr: str
    answer: Any
    made: tuple[tuple[str, int], ...]

    @property
    def error(self) -> str:
        return str(self.answer["error"]["type"]) if isinstance(self.answer, dict) and self.answer.get("error") else ""


def outcome_of(slot: Slot, script: str, seconds: float = 5.0, files: dict[str, bytes] | None = None) -> Outcome:
    out: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    made = []
    for news in slot.run(script, files or {}, seconds):
        if news.event == "output":
            out[news.text("stream", 10)].append(news.payload)
        elif news.event == "made":
            made.append((str(news.details.get("name")), len(news.payload)))
    answer = None
    if news.event == "done":
        with suppress(ValueError, RecursionError):  # hostile, like all that comes from inside
            answer = json.loads(news.payload)
    stdout, stderr = (b"".join(out[name]).decode(errors="replace") for name in ("stdout", "stderr"))
    return Outcome(news.event, stdout, stderr, answer, tuple(made))


@dataclass
class Arena:
    """One spare slot is always booting, so that nobody waits for the next."""

    image: Path
    limits: Limits
    around: Surroundings
    _spare: Slot | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _neighbour: Slot | None = field(default=None, init=False)
    _used: Slot | None = field(default=None, init=False)
    _digests: dict[str, str] = field(default_factory=dict, init=False)
    _states: dict[str, tuple[int, ...]] = field(default_factory=dict, init=False)

    def open(self) -> None:
        self._digests, self._states = self._image_digests(), self._image_states()
        self._neighbour = self.slot()
        assert outcome_of(self._neighbour, "mine = 41").event == "done"

    def half_slot(self) -> Slot:
        """All but memory is there."""
        with self._lock:
            taken = self._spare or Slot.start(self.image, self.limits)
            self._spare = Slot.start(self.image, self.limits)
        taken.half()
        return taken

    def slot(self, state: State | None = None) -> Slot:
        taken = self.half_slot()
        taken.begin(state)
        taken.ready(lambda: True)  # an attack has no use for a rehearsal
        return taken

    @contextmanager
    def attacker(self, state: State | None = None) -> Iterator[Slot]:
        slot = self.slot(state)
        try:
            yield slot
        finally:
            slot.kill()

    def used_slot(self) -> Slot:
        """The one that attacks before this one left alive; booting is what takes time."""
        if self._used is None or not self._used.is_alive():
            self._used = self.slot()
        return self._used

    def throw_away(self) -> None:
        if self._used:
            self._used.kill()
        self._used = None

    def close(self) -> None:
        for slot in (self._spare, self._neighbour, self._used):
            if slot:
                slot.kill()

    def assert_the_next_person_is_unharmed(self) -> None:
        """Whoever is there already goes on, and whoever comes next starts from the same image."""
        assert self._neighbour
        outcome = outcome_of(self._neighbour, "print(mine + 1)", 30)
        assert (outcome.event, outcome.stdout) == ("done", "42\n")
        folder, secret = self.around.folder, self.around.folder / "secret"
        assert secret.read_text(encoding="utf-8") == "the neighbour's secret"
        assert {path.name for path in folder.iterdir()} == {"secret", "writable", "readable", "socket"}
        assert self._image_states() == self._states
        assert self.around.heard() == []

    def assert_a_newcomer_is_unharmed(self) -> None:
        assert self._image_digests() == self._digests
        with self.attacker() as newcomer:
            outcome = outcome_of(newcomer, "import json, sys\nprint('mine' in globals(), json.dumps([1]), 6 * 7)", 30)
        assert (outcome.event, outcome.stdout) == ("done", "False [1] 42\n")

    def _image_digests(self) -> dict[str, str]:
        return digests(self.image, sorted(path.name for path in self.image.iterdir()))

    def _image_states(self) -> dict[str, tuple[int, ...]]:
        found = {path.name: path.stat() for path in self.image.iterdir()}
        return {name: (one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for name, one in found.items()}


@contextmanager
def arena(image: Path, limits: Limits, around: Surroundings) -> Iterator[Arena]:
    opened = Arena(image, limits, around)
    try:
        opened.open()
        yield opened
        opened.assert_a_newcomer_is_unharmed()
    finally:
        opened.close()


def without_inner_walls(image: Path, folder: Path) -> tuple[Path, Limits]:
    """The same image with the isolate's permissions, its hidden globals and Deno's own wall given away."""
    opened = folder / "opened"
    shutil.copytree(image, opened)
    for file, wall, gap in (
        ("host.mjs", 'permissions: "none"', 'permissions: "inherit"'),
        ("isolate.mjs", "globals: Object.create(null)", "globals: globalThis"),
        ("isolate.mjs", "      forgetGlobals();\n", ""),
    ):
        text = (opened / file).read_text(encoding="utf-8")
        assert text.count(wall) == 1, f"{file} has changed: {wall!r} is not there, so this test opens nothing"
        (opened / file).write_text(text.replace(wall, gap), encoding="utf-8")
    return opened, replace(LIMITS, permissions=("-A",))

"""One run from beginning to end: an interpreter, the session's state, the script, the state again."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Protocol

from neuroagent.task_schemas.python import SessionReport, Times
from neuroagent.tasks.python.answer import Answer
from neuroagent.tasks.python.line import SlotBroken, SlotSilent
from neuroagent.tasks.python.session import Opened, SessionStore, StateRefused, StateTooLarge, open_sealed, seal
from neuroagent.tasks.python.slot import Slot, State

logger = logging.getLogger(__name__)

PATIENCE: Final = 60.0  # seconds for an interpreter to become ready


class Interpreters(Protocol):
    """Where slots come from; `Standby`, outside tests."""

    def take(self, patience: float, on_wait: Callable[[], object]) -> Slot: ...

    def cold(self) -> Slot: ...

    def give_back(self, slot: Slot) -> None: ...


@dataclass
class Session:
    """What becomes of a session in one run."""

    store: SessionStore | None
    image: str
    before: str = "none"
    after: str = "none"
    why: str = ""
    stored_bytes: int = 0

    def load(self) -> State | None:
        if self.store is None:
            return None
        self.before, self.after = "new", "kept"
        stored = self.store.load()
        if stored is None:
            return None
        try:
            opened = open_sealed(stored, self.store, self.image)
        except StateRefused as reason:
            logger.warning("sandbox.state_refused", extra={"reason": str(reason)})
            self.before, self.why = "reset", f"Variables and files were reset: {reason}."
            return None
        return self._adopted(opened)

    def _adopted(self, opened: Opened) -> State:
        self.before = "restored" if opened.state.memory else "reset"
        if not opened.state.memory:
            self.why = "The sandbox's image has changed since the last run: files are here, variables were reset."
        return opened.state

    def save(self, slot: Slot) -> None:
        if self.store is None:
            return
        try:
            sealed = seal(_dumped(slot), self.store, image=self.image)
        except StateTooLarge as reason:
            self.lose(str(reason))
            return
        except (SlotBroken, SlotSilent) as trouble:
            self.lose(f"The session could not be written down ({trouble}).")
            return
        self.store.save(sealed)
        self.after, self.stored_bytes = "saved", len(sealed)

    def lose(self, reason: str) -> None:
        """The last good state stays as it is."""
        if self.store is not None:
            kept = "The next run goes on with what this one found."
            self.after, self.why = "kept", f"{self.why} {reason} This run is lost to the session. {kept}".strip()

    def report(self) -> SessionReport:
        told = {"before": self.before, "after": self.after, "why": self.why, "stored_bytes": self.stored_bytes}
        return SessionReport.model_validate(told)


def _dumped(slot: Slot) -> State:
    state = slot.dump()
    if state is None:
        raise StateTooLarge("The session's files are more than are kept. Delete some, and run again.")
    return state


@dataclass
class Clock:
    """Milliseconds between two looks."""

    _last: float = field(default_factory=perf_counter)
    laps: dict[str, float] = field(default_factory=dict)

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = (now - self._last) * 1000
        self._last = now

    def times(self, run_ms: float) -> Times:
        laps = {name: round(self.laps.get(name, 0.0), 2) for name in ("interpreter", "restore", "save")}
        return Times(**laps, run=round(run_ms, 2), total=round(sum(self.laps.values()), 2))


@dataclass(frozen=True)
class Script:
    text: str
    files: Mapping[str, bytes]
    seconds: float


def run(script: Script, session: Session, interpreters: Interpreters, answer: Answer) -> Clock:
    """Whatever stops it, what the script had done is written down first, where that can still be done."""
    clock = Clock()
    state = session.load()
    slot = _taken(interpreters, answer.report)
    clock.lap("interpreter")
    try:
        slot = _with_state(slot, state, interpreters)
        clock.lap("restore")
        _listen(slot, script, session, answer)
        clock.lap("run")
        _close(slot, session, answer)
        clock.lap("save")
    finally:
        interpreters.give_back(slot)
    return clock


def _taken(interpreters: Interpreters, report: Callable[[str], None]) -> Slot:
    """Whoever has to wait sees why, and sees when it is over."""
    waited = False

    def tell() -> None:
        nonlocal waited
        waited = True
        report("starting an interpreter")

    slot = interpreters.take(PATIENCE, tell)
    if waited:
        report("running the script")
    return slot


def _with_state(slot: Slot, state: State | None, interpreters: Interpreters) -> Slot:
    """A ready slot takes most sessions up; what it can't, one that is half booted can."""
    if state is None or (state.memory and slot.restore(state)):
        return slot
    interpreters.give_back(slot)
    cold = interpreters.cold()
    try:
        cold.begin(state)
        cold.ready()
    except BaseException:
        cold.kill()
        raise
    return cold


def _listen(slot: Slot, script: Script, session: Session, answer: Answer) -> None:
    try:
        for news in slot.run(script.text, script.files, script.seconds):
            answer.hear(news)
    except SlotBroken as trouble:
        answer.status, answer.why = "crashed", str(trouble)
    except BaseException:  # cancelled, or out of the contract's time: it gets the chance to keep its variables
        with suppress(SlotBroken):  # what stopped it is what counts
            if slot.wind_down().event == "done":
                session.save(slot)
        raise


def _close(slot: Slot, session: Session, answer: Answer) -> None:
    if answer.status in {"done", "error", "interrupted"}:
        session.save(slot)
    else:
        session.lose(f"The run was {answer.status}: {answer.why}.")

"""What becomes of a session in one run, and what the run took; whole runs are tested in test_task.py."""

import pytest
from folder_store import FolderStore

from neuroagent.tasks.python.sandbox import Clock, Session
from neuroagent.tasks.python.session import seal
from neuroagent.tasks.python.slot import State

STATE = State(b"memory", b"files")


def test_a_session_that_was_never_saved_is_new(store: FolderStore) -> None:
    session = Session(store, "i1")

    assert session.load() is None
    assert session.report().before == "new"


def test_without_a_session_there_is_nothing_to_tell() -> None:
    session = Session(None, "i1")
    session.lose("It broke.")

    assert session.load() is None
    assert session.report().model_dump() == {"before": "none", "after": "none", "why": "", "stored_bytes": 0}


def test_what_was_saved_is_restored(store: FolderStore) -> None:
    store.save(seal(STATE, store, image="i1"))
    session = Session(store, "i1")

    assert session.load() == STATE
    assert session.report().before == "restored"


def test_after_a_new_image_only_files_are_and_it_is_said(store: FolderStore) -> None:
    store.save(seal(STATE, store, image="i0"))
    session = Session(store, "i1")

    assert session.load() == State(b"", b"files")
    assert session.report().before == "reset"
    assert "files are here, variables were reset" in session.report().why


def test_a_lost_run_names_its_reason_and_what_comes_next(store: FolderStore) -> None:
    session = Session(store, "i1")
    session.load()
    session.lose("The run was killed.")

    assert session.report().after == "kept"
    assert session.report().why.startswith("The run was killed. This run is lost")


def test_times_add_up() -> None:
    clock = Clock()
    clock.lap("interpreter")
    clock.lap("run")

    times = clock.times(run_ms=0.5)

    assert times.run == 0.5
    assert times.total == pytest.approx(sum(clock.laps.values()), abs=0.01)
    assert times.save == 0

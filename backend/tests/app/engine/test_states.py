"""The table of states: what ended stays ended, and every state has a name that Celery's readers know."""

from typing import get_args

import pytest
from app.engine.workers_of_tests import done, now

from neuroagent.app.engine.states import CELERY, ENDED, FOLLOWS, OPEN, State, state_of, values_of
from neuroagent.task_schemas.errors import Failure, FailureCode
from neuroagent.task_schemas.events import Cancelled, Failed, Retrying, WaitingInput

STATES: tuple[State, ...] = get_args(State)


def test_every_state_is_open_or_ended() -> None:
    assert set(STATES) == ENDED | OPEN
    assert not ENDED & OPEN


@pytest.mark.parametrize("state", sorted(ENDED))
def test_no_event_of_a_worker_changes_what_has_ended(state: State) -> None:
    for entered, from_which in FOLLOWS.items():
        if entered != "queued":  # a person may want it again
            assert state not in from_which, (state, entered)


def test_every_state_has_a_celery_name() -> None:
    assert CELERY.keys() == set(STATES) == FOLLOWS.keys()


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("permanent", "failed"),
        ("crashed", "failed"),
        ("worker_lost", "dead"),
        ("soft_timeout", "timed_out"),
        ("hard_timeout", "timed_out"),
    ],
)
def test_the_state_follows_from_the_failure(code: FailureCode, state: State) -> None:
    assert state_of(Failed(at=now(), failure=Failure(code=code, message="no"))) == state


def test_each_event_says_what_the_row_says() -> None:
    failure = Failure(code="retryable", message="later")

    assert values_of(done(7))["output"] == 7
    assert values_of(Cancelled(at=now()))["state"] == "cancelled"
    assert values_of(Retrying(at=now(), attempt=2, pause=5, failure=failure))["attempts"] == 2
    assert values_of(WaitingInput(at=now(), attempt=1, question="?"))["question"] == "?"

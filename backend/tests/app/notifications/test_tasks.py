"""What a person hears of a task."""

from datetime import UTC, datetime

import pytest

from neuroagent.app.notifications.tasks import Subject
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Cancelled, Done, Ending, Failed

AT = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECT = Subject("k", "ada", "dig", "t1")


@pytest.mark.parametrize(
    ("ending", "kind", "code"),
    [
        (Done(at=AT), "task_complete", None),
        (Failed(at=AT, failure=Failure(code="permanent", message="no")), "task_failed", "permanent"),
        (Cancelled(at=AT), "task_failed", "cancelled"),
    ],
)
def test_an_ending_is_told_with_its_reason(ending: Ending, kind: str, code: str | None) -> None:
    news = SUBJECT.ended(ending)

    assert (news.type, news.data.get("code"), news.data["task_id"]) == (kind, code, "k")


def test_the_same_ending_has_the_same_key_and_another_try_another() -> None:
    later = AT.replace(hour=1)

    assert SUBJECT.ended(Done(at=AT)).key == SUBJECT.ended(Done(at=AT)).key
    assert SUBJECT.ended(Done(at=AT)).key != SUBJECT.ended(Done(at=later)).key

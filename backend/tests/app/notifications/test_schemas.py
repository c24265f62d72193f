"""Notifications as a person's program reads them."""

from datetime import UTC, datetime

from neuroagent.app.notifications.models import NotificationRow
from neuroagent.app.notifications.schemas import NotificationView


def test_a_question_to_a_person_has_its_other_name() -> None:
    row = NotificationRow(
        place=7, owner="ada", key="k", type="approval_pending", thread_id="t1", data={}, created_at=datetime.now(UTC)
    )

    view = NotificationView.of(row)

    assert (view.id, view.type, view.alias, view.read) == (7, "approval_pending", "hitl_pending", False)


def test_progress_has_no_number() -> None:
    view = NotificationView.of({"task_id": "k", "tool": "dig", "thread": "t1", "fraction": 0.5, "text": "half"})

    assert (view.id, view.type, view.thread) == (None, "task_progress", "t1")
    assert view.data == {"task_id": "k", "tool": "dig", "fraction": 0.5, "text": "half"}

"""Notifications as a person's program reads them."""

from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from neuroagent.app.notifications.models import NotificationRow

ALIASES: Final = {"approval_pending": "hitl_pending"}
NOTIFICATION: dict[str, JsonValue] = {
    "id": 7,
    "type": "task_complete",
    "alias": None,
    "at": "2026-01-01T12:00:05Z",
    "thread": "demo",
    "read": False,
    "data": {"task_id": "0b5c", "tool": "run_python"},
}


class NotificationView(BaseModel):
    """Something that happened; what has no `id` is told live only, and is kept nowhere."""

    model_config = ConfigDict(json_schema_extra={"examples": [NOTIFICATION]})

    id: int | None
    type: str = Field(
        description="task_started, task_progress, task_complete, task_failed, approval_pending or run_finished."
    )
    alias: str | None = Field(None, description="Another name of the type that programs may know.")
    at: datetime | None = None
    thread: str | None
    read: bool = False
    data: dict[str, Any]

    @classmethod
    def of(cls, told: NotificationRow | dict[str, Any]) -> Self:
        if isinstance(told, dict):
            data = {name: value for name, value in told.items() if name != "thread"}
            return cls(id=None, type="task_progress", thread=told["thread"], data=data)
        return cls.model_validate(
            {
                "id": told.place,
                "type": told.type,
                "alias": ALIASES.get(told.type),
                "at": told.created_at,
                "thread": told.thread_id,
                "read": told.read_at is not None,
                "data": told.data,
            }
        )


class NotificationPage(BaseModel):
    """Newest first; `next` is the cursor of those before them, `unread` counts all of yours."""

    notifications: list[NotificationView]
    next: int | None = None
    unread: int


class ReadRequest(BaseModel):
    """Which of them have been read: those named, or all up to one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"up_to": 7}]})

    ids: list[int] = Field([], max_length=1_000)
    up_to: int = Field(0, ge=0, le=2**63 - 1)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if bool(self.ids) == bool(self.up_to):
            raise ValueError("name either `ids` or `up_to`")
        if any(not 0 < one < 2**63 for one in self.ids):
            raise ValueError("an id is a number that a notification has")
        return self


class UnreadCount(BaseModel):
    unread: int

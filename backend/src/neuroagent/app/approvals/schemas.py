"""Approvals as a person's program reads and answers them."""

import json
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from neuroagent.app.approvals.models import ApprovalRow
from neuroagent.app.approvals.questions import State

APPROVAL: dict[str, JsonValue] = {
    "id": "6f1d7a52-9f0c-4d52-9b80-0d6f1f9f2b11",
    "thread": "demo",
    "run": "b3a1",
    "tool_call": "b3a1-0-0",
    "tool": "run_python",
    "arguments": {"python_script": "print(6 * 7)"},
    "digest": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "why": "This tool always needs a yes.",
    "state": "pending",
    "created_at": "2026-01-01T12:00:00Z",
    "expires_at": "2026-01-08T12:00:00Z",
    "decided_at": None,
    "decided_by": None,
    "scope": None,
    "reason": None,
    "edited": None,
}


class ApprovalView(BaseModel):
    """A call that waits, or waited, for a person's yes."""

    model_config = ConfigDict(json_schema_extra={"examples": [APPROVAL]})

    id: str
    thread: str
    run: str
    tool_call: str
    tool: str
    arguments: JsonValue = Field(description="What the model wants it called with.")
    digest: str = Field(description="Of the tool and these arguments.")
    why: str = Field(description="Why a person is asked.")
    state: State
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    scope: str | None
    reason: str | None
    edited: JsonValue = Field(None, description="The arguments that a person put in place of the model's.")

    @classmethod
    def of(cls, row: ApprovalRow) -> Self:
        renamed = {"thread": row.thread_id, "run": row.run_id, "tool_call": row.call_id}
        return cls(**renamed, **{name: getattr(row, name) for name in cls.model_fields if name not in renamed})


class ApprovalPage(BaseModel):
    """Newest first; `next` is the cursor of those before them."""

    approvals: list[ApprovalView]
    next: str | None = None


class DecisionRequest(BaseModel):
    """Yes or no; a yes may change the arguments, and may hold for this tool in this thread from now on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "deny", "reason": "Not on the shared machine."}]},
    )

    decision: Literal["approve", "deny"]
    reason: str = Field("", max_length=2_000, description="The model is told it.")
    arguments: dict[str, JsonValue] | None = Field(None, description="In place of the model's.")
    scope: Literal["once", "thread"] = "once"
    digest: str | None = Field(None, max_length=64, description="Of what you were shown; another's is a 409.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.decision == "deny" and (self.arguments is not None or self.scope == "thread"):
            raise ValueError("a no changes no arguments and holds for this call only")
        if "\x00" in self.reason:
            raise ValueError("a reason is text, without a NUL in it")
        json.dumps([self.reason, self.arguments], allow_nan=False, ensure_ascii=False).encode()  # a ValueError says why
        return self

"""Questions to a person, asked without a conversation."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from neuroagent.app.approvals.models import ApprovalRow
from neuroagent.app.approvals.questions import Decision, Questions, Wanted
from neuroagent.app.engine.ledger import Ledger

YES = Decision(approved=True, by="ada")
NO = Decision(approved=False, by="ada", reason="not now")


def wanted(call: str = "r1-0-0", **more: Any) -> Wanted:
    given = {"owner": "ada", "thread_id": "t1", "run_id": "r1", "tool": "dig", "arguments": {"depth": 3}}
    return Wanted(**{**given, "call_id": call, **more})


@dataclass
class Asker:
    ledger: Ledger
    settled: list[str] = field(default_factory=list)

    @property
    def questions(self) -> Questions:
        return Questions(self.ledger, self._settle)

    async def asked(self, call: str = "r1-0-0", patience: float = 60, **more: Any) -> ApprovalRow:
        return await self.questions.ask(wanted(call, **more), "It digs.", timedelta(seconds=patience))

    async def now(self, row: ApprovalRow) -> ApprovalRow:
        return await self.questions.mine(row.id, row.owner)

    def _settle(self, _: Connection, run_id: str) -> None:
        self.settled.append(run_id)

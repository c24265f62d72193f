"""A run's calls on their way to the workers: through the gate, and announced to the person."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from neuroagent.app.approvals.gate import Allowed, Asked, Gate, Refused
from neuroagent.app.approvals.questions import Wanted
from neuroagent.app.chat.models import RunRow
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.notifications.tasks import Announced, Subject
from neuroagent.app.tools.outside import OfferedTool


@dataclass(frozen=True)
class Passage:
    gate: Gate
    run: RunRow

    async def of(
        self, tool: OfferedTool, arguments: Mapping[str, JsonValue], call_id: str
    ) -> Allowed | Refused | Asked:
        wanted = Wanted(self.run.owner, self.run.thread_id, self.run.id, call_id, tool.name, arguments)
        return await self.gate.passage(tool, wanted, has_asked=self.run.rested > 0)

    def announced(self, task: TaskRow, tool: str) -> Announced:
        return Announced(self.gate.bulletin, Subject(task.id, task.owner, tool, self.run.thread_id))

"""What a run is told before it begins: the instructions, the circuits at hand, and what the thread's tools last did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from neuroagent.app.chat.models import RunRow, ThreadRow
from neuroagent.app.circuits.at_hand import AtHand
from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.llm.at_hand import CircuitsAtHand, with_circuits
from neuroagent.app.tools.base import ToolContext
from neuroagent.app.tools.circuit import NAME as CIRCUIT
from neuroagent.task_schemas.files import StoredFile

INSTRUCTIONS: Final = Path(__file__).with_name("system.md").read_text(encoding="utf-8")
MOST_REMEMBERED: Final = 1_000


@dataclass(frozen=True)
class Briefing:
    circuits: Circuits
    _works: dict[str, Sequence[str]] = field(default_factory=dict)  # by the task that has described a circuit

    def context(
        self, run: RunRow, thread: ThreadRow, parts: Sequence[Mapping[str, Any]], files: tuple[StoredFile, ...] = ()
    ) -> ToolContext:
        """`parts` are those of the branch, and of the run itself as far as it is."""
        last = last_answers(parts)
        return ToolContext(run.owner, run.trace_id, run.thread_id, self.circuits, thread.circuit, last, files)

    async def instructions(self, thread: ThreadRow, *, with_works: bool) -> str:
        """Of the circuits the names; `with_works` also what can be asked of the first, for who can't think of it."""
        if isinstance(thread.tools, list) and CIRCUIT not in thread.tools:
            return INSTRUCTIONS
        at_hand = AtHand(self.circuits, thread.owner, thread.circuit)
        rows = await at_hand.all()
        if not rows:
            return INSTRUCTIONS
        works = await self.works(at_hand, rows[0]) if with_works else ()
        return with_circuits(INSTRUCTIONS, CircuitsAtHand([row.name for row in rows], works))

    async def works(self, at_hand: AtHand, row: CircuitRow) -> Sequence[str]:
        """A description that is there stays as it is."""
        if row.task_id in self._works:
            return self._works[row.task_id]
        found = await at_hand.suggestions(row)
        if found and row.task_id is not None:
            while len(self._works) >= MOST_REMEMBERED:
                del self._works[next(iter(self._works))]
            self._works[row.task_id] = found
        return found


def last_answers(parts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Of each tool the task that answered last."""
    tasks = {part["id"]: part["data"].get("task_id") for part in parts if part["type"] == "data-tool"}
    answered = [part for part in parts if part["type"].startswith("tool-") and part["state"] == "output-available"]
    by_tool = {part["type"].removeprefix("tool-"): tasks.get(part["toolCallId"]) for part in answered}
    return {tool: task for tool, task in by_tool.items() if task}

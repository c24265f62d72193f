"""A tool of another server: it runs there, this process waits for it, and a call is made once at most."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import JsonValue

from neuroagent.app.llm.speech import Offer
from neuroagent.app.tools.base import AnyTool
from neuroagent.app.tools.calling import ToolDone, ToolFailed
from neuroagent.task_schemas.events import Progress

Approval = Literal["always", "never"]


class OutsideServer(Protocol):
    """Somebody else's; `why_away` is empty while it answers."""

    @property
    def name(self) -> str: ...

    @property
    def why_away(self) -> str: ...

    async def call(
        self, tool: str, arguments: dict[str, JsonValue], on_progress: Callable[[Progress], None]
    ) -> ToolDone | ToolFailed: ...


@dataclass(frozen=True)
class OutsideTool:
    """`own_name` is what its server calls it; nobody can ask there whether a call has begun already."""

    name: str
    description: str
    schema: dict[str, Any]
    server: OutsideServer
    own_name: str
    approval: Approval = "always"

    @property
    def offer(self) -> Offer:
        return Offer(self.name, self.description, self.schema)

    def filled_in(self, given: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """What it makes of them is its server's business."""
        return given


OfferedTool = AnyTool | OutsideTool

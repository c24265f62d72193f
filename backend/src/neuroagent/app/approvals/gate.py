"""What stands between a model's wish and a call: nothing, a grant, or a question to a person and its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue

from neuroagent.app.approvals.models import ApprovalRow
from neuroagent.app.approvals.questions import Questions, Wanted
from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.tools.outside import OfferedTool
from neuroagent.app.tools.policy import Policy, misfit, why_asked
from neuroagent.config.settings import SettingsError


@dataclass(frozen=True)
class Allowed:
    """With these arguments; `note` tells the model what a person has changed."""

    arguments: dict[str, JsonValue]
    by_person: bool = False
    note: str = ""


@dataclass(frozen=True)
class Refused:
    reason: str


@dataclass(frozen=True)
class Asked:
    """A person has been asked, and hasn't answered."""

    approval_id: str


@dataclass(frozen=True)
class Gate:
    questions: Questions
    bulletin: Bulletin
    settings: ApprovalsSettings

    def policy(self, tool: OfferedTool) -> Policy:
        return self.settings.tools.get(tool.name, tool.approval)

    def why_asked(self, tool: OfferedTool, arguments: Mapping[str, JsonValue]) -> str:
        """Why a person is asked before such a call; nothing: nobody is."""
        return why_asked(self.policy(tool), tool.filled_in(dict(arguments)))

    async def passage(self, tool: OfferedTool, wanted: Wanted, *, has_asked: bool) -> Allowed | Refused | Asked:
        """`has_asked`: the run has waited before, so there may be an answer, whatever the policy says by now."""
        why = self.why_asked(tool, wanted.arguments)
        if not why and not has_asked:
            return Allowed(dict(wanted.arguments))
        if known := await self.questions.of_call(wanted):
            return _answer(known, wanted)
        if not why or await self.questions.is_granted(wanted.thread_id, tool.name):
            return Allowed(dict(wanted.arguments))
        asked = await self.questions.ask(wanted, why, timedelta(days=self.settings.expire_days))
        await self.bulletin.ring(wanted.owner)
        return _answer(asked, wanted)


def check_policies(settings: ApprovalsSettings, tools: Mapping[str, OfferedTool]) -> None:
    """A policy for a tool that isn't there, or for an argument that it doesn't take, protects nobody."""
    for name, policy in settings.tools.items():
        wrong = (
            misfit(name, policy, tools[name].offer.schema)
            if name in tools
            else f"there is no tool {name!r}; there are {', '.join(tools)}."
        )
        if wrong:
            raise SettingsError(f"NEUROAGENT_APPROVALS__TOOLS: {wrong}")


def _answer(row: ApprovalRow, wanted: Wanted) -> Allowed | Refused | Asked:
    match row.state:
        case "pending":
            return Asked(row.id)
        case "approved" if isinstance(row.edited, dict):
            text = json.dumps(row.edited)
            return Allowed(
                row.edited, by_person=True, note=f"The person changed the arguments before it was called, to: {text}"
            )
        case "approved":
            return Allowed(dict(wanted.arguments), by_person=True)
        case "denied":
            return Refused(f"The person said no. {row.reason or ''}".strip())
        case "expired":
            return Refused("A person was asked for a yes, and nobody answered in time: it has expired.")
        case _:
            return Refused("The question to the person was withdrawn.")

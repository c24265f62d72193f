"""Which tools ask first, and for how long an answer is waited for."""

from pydantic import Field

from neuroagent.app.tools.policy import Policy
from neuroagent.config.settings import Section


class ApprovalsSettings(Section):
    """A person's yes before a tool is called."""

    tools: dict[str, Policy] = Field(
        {},
        description="By a tool's name: `never`, `always`, or a rule; in place of what the tool itself says.",
        examples=["RUN_PYTHON=always"],
    )
    expire_days: float = Field(7, gt=0, description="Days until a question that nobody answers counts as denied.")

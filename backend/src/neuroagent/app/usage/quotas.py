"""How much a day may be: who has used it up is told when the next day begins."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import Field

from neuroagent.app.auth.gate import Caller
from neuroagent.app.errors import TooMany
from neuroagent.app.usage.rows import Usage, today
from neuroagent.config.settings import Section


class QuotasSettings(Section):
    """What one person may use on one day, from midnight to midnight in UTC."""

    tokens: int | None = Field(None, gt=0, description="Tokens a day for each person, read and written.")
    tool_seconds: float | None = Field(None, gt=0, description="Seconds a day that a person's tasks may work.")


@dataclass(frozen=True)
class Quotas:
    usage: Usage
    settings: QuotasSettings

    async def must_have_left(self, caller: Caller) -> None:
        """What has begun is never cut off: a day's last answer may go over."""
        if self.settings.tokens is None and self.settings.tool_seconds is None:
            return
        used = await self.usage.on(caller.user_id, today())
        if used is None:
            return
        self._check("tokens", used.tokens_in + used.tokens_out, self.settings.tokens)
        self._check("tool seconds", used.tool_seconds, self.settings.tool_seconds)

    def _check(self, what: str, used: float, most: float | None) -> None:
        if most is not None and used >= most:
            raise TooMany(
                f"Today's {what} are used up: {used:,.0f} of {most:,.0f}. "
                f"The next day begins at {resets_at():%H:%M} UTC; /api/usage says how you stand.",
                math.ceil((resets_at() - datetime.now(UTC)).total_seconds()),
                "quota_used_up",
            )


def resets_at() -> datetime:
    tomorrow = today() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)

"""/api/usage: what you have used today, what there is left, and the days before."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.usage.models import UsageRow
from neuroagent.app.usage.quotas import Quotas, resets_at
from neuroagent.app.usage.rows import today


class Day(BaseModel):
    """What was used on one day."""

    day: date
    answers: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tasks: int = 0
    tool_seconds: float = Field(0, description="How long your tasks have worked.")

    @classmethod
    def of(cls, row: UsageRow) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class Quota(BaseModel):
    """`limit` and `left` are null where there is no limit."""

    used: float
    limit: float | None
    left: float | None

    @classmethod
    def of(cls, used: float, limit: float | None) -> Self:
        return cls(used=used, limit=limit, left=None if limit is None else max(0, limit - used))


class UsageView(BaseModel):
    today: Day
    tokens: Quota
    tool_seconds: Quota
    resets_at: datetime
    days: list[Day] = Field(description="The days on which you used something, the newest first.")


def usage_router(quotas: Quotas) -> APIRouter:
    router = APIRouter(prefix="/api/usage", tags=["usage"])

    @router.get("")
    async def look(caller: CurrentCaller, days: Annotated[int, Query(ge=1, le=366)] = 30) -> UsageView:
        """Your own use; tasks appear some two seconds after they end."""
        rows = [Day.of(row) for row in await quotas.usage.before(caller.user_id, days)]
        now = next((row for row in rows if row.day == today()), Day(day=today()))
        limits = quotas.settings
        return UsageView(
            today=now,
            tokens=Quota.of(now.tokens_in + now.tokens_out, limits.tokens),
            tool_seconds=Quota.of(now.tool_seconds, limits.tool_seconds),
            resets_at=resets_at(),
            days=rows,
        )

    return router

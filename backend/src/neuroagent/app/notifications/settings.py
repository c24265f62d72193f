"""How long notifications are kept."""

from pydantic import Field

from neuroagent.config.settings import Section


class NotificationsSettings(Section):
    """What a person hears of."""

    kept_days: float = Field(30, gt=0, description="Days in which a notification can be read.")

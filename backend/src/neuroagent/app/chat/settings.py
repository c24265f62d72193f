"""How much a conversation may take."""

from pydantic import Field

from neuroagent.app.chat.files.settings import FileLimits
from neuroagent.app.chat.turn import TurnLimits
from neuroagent.config.settings import Section


class ChatSettings(Section):
    """The conversation."""

    max_body_bytes: int = Field(4 * 2**20, gt=0, description="The largest message with all that a client sends along.")
    undo_days: float = Field(7, ge=0, description="Days in which a deleted thread can be restored.")
    limits: TurnLimits = TurnLimits()
    files: FileLimits = FileLimits()

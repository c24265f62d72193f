"""Where one page ends and the next one begins: a moment and an id, as a person's program carries them back."""

from collections.abc import Callable
from datetime import datetime

from neuroagent.app.errors import InvalidInput


def cursor(at: datetime, row_id: str) -> str:
    return f"{at.isoformat()}~{row_id}"


def place(given: str | None, is_id: Callable[[str], object]) -> tuple[datetime, str] | None:
    """What a cursor says, if it is one."""
    if given is None:
        return None
    at, _, row_id = given.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise InvalidInput("`before` is the `next` of another page, as it stood there.") from None
    if moment.tzinfo is None or not is_id(row_id):
        raise InvalidInput("`before` is the `next` of another page, as it stood there.")
    return moment, row_id

"""Who has signed in here, or has a key."""

import re
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.exc import IntegrityError

from neuroagent.app.auth.models import UserRow
from neuroagent.app.db.database import Database
from neuroagent.app.errors import InvalidInput

USER_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@|:+-]{0,199}")


async def known(database: Database, user_id: str, name: str = "") -> None:
    """There is such a user from now on, under the name that was told last."""
    if not USER_ID.fullmatch(user_id):
        raise InvalidInput(
            f"{user_id[:100]!r} can't be a user: up to 200 letters, digits and `.`, `_`, `@`, `|`, `:`, `+`, `-`."
        )
    called = "".join(character for character in name if character.isprintable())[:200]
    try:
        async with database.write() as writing:
            row = await writing.get(UserRow, user_id)
            if row is None:
                writing.add(UserRow(id=user_id, name=called or user_id, created_at=datetime.now(UTC)))
            elif called:
                row.name = called
    except IntegrityError:  # somebody has added it a moment ago
        return

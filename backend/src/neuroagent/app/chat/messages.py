"""A message as it is written into the tree, with what it can be found by and the files that its calls have made."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from neuroagent.app.chat.files.made import write_made
from neuroagent.app.chat.search.texts import write_text
from neuroagent.app.chat.threads import MESSAGES


def write_message(connection: Connection, message: Mapping[str, Any]) -> None:
    """All of it or nothing: the only way for a message to come into the tree."""
    connection.execute(insert(MESSAGES), message)
    write_text(connection, message)
    write_made(connection, message)

"""A message as it is written into the tree, with what it can be found by and the files that its calls have made."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from neuroagent.app.chat.files.made import write_made
from neuroagent.app.chat.search.texts import write_text
from neuroagent.app.chat.threads import MESSAGES


def write_message(connection: Connection, message: Mapping[str, Any]) -> None:
    """All of it or nothing: the only way for a message to come into the tree."""
    told = {**message, **{name: tellable(message[name]) for name in ("parts", "exchange")}}
    connection.execute(insert(MESSAGES), told)
    write_text(connection, told)
    write_made(connection, told)


def tellable(said: Any) -> Any:
    """The same, if it can be told again: half a character, which JSON may carry, is no text to anybody else."""
    written = json.dumps(said, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.loads(written.encode(errors="replace"))
    return said

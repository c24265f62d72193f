"""What a message says: its words, and what was written into its tools; not what came out of them."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from sqlalchemy import Connection, Table, insert

from neuroagent.app.chat.search.models import MessageTextRow
from neuroagent.app.db.words import words_of

TEXTS: Final = cast("Table", MessageTextRow.__table__)
LONGEST: Final = 100_000  # characters of a message that are searched: PostgreSQL indexes a megabyte at most


def write_text(connection: Connection, message: Mapping[str, Any]) -> None:
    """In the transaction that writes the message: nothing is found that isn't there, and nothing there is missed."""
    text = text_of(message["parts"])
    if words := words_of(text):
        values = {"thread_id": message["thread_id"], "message_id": message["id"], "text": text}
        connection.execute(insert(TEXTS), values | {"words": " ".join(words)[:LONGEST]})


def text_of(parts: Any) -> str:
    """As a database can keep it."""
    said = "\n\n".join(text for part in parts for text in _said(part))[:LONGEST]
    kept = unicodedata.normalize("NFC", said).replace("\0", " ")[:LONGEST]
    return kept.encode("utf-8", "replace").decode()


def _said(part: Mapping[str, Any]) -> Iterator[str]:
    kind, given = str(part.get("type")), part.get("input")
    if kind == "text" and isinstance(text := part.get("text"), str):
        yield text
    elif kind.startswith("tool-") and isinstance(given, dict):
        yield from (value for value in given.values() if isinstance(value, str))

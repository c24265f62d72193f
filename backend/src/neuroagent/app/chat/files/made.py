"""The files that a message's calls have made belong to its thread."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import Connection, Table, insert

from neuroagent.app.chat.files.models import ThreadFileRow
from neuroagent.task_schemas.files import StoredFile

FILES: Final = cast("Table", ThreadFileRow.__table__)
FIELDS: Final = frozenset(StoredFile.model_fields)
MADE: Final = "made"


def write_made(connection: Connection, message: Mapping[str, Any]) -> None:
    """In the transaction that writes the message."""
    of_message = {name: message[name] for name in ("thread_id", "created_at")} | {"message_id": message["id"]}
    for call_id, file in made(message["parts"]):
        values = {"id": str(uuid4()), "kind": MADE, "call_id": call_id} | of_message | file.model_dump()
        connection.execute(insert(FILES), values)


def made(parts: Any) -> list[tuple[str, StoredFile]]:
    """Each with the call that made it: what lies under that call's own task, and nothing else that it may name."""
    tasks = {part["id"]: part["data"].get("task_id") for part in parts if part["type"] == "data-tool"}
    found: dict[str, tuple[str, StoredFile]] = {}
    for part in parts:
        call_id = part.get("toolCallId")
        if part.get("state") == "output-available" and (task_id := tasks.get(call_id)):
            of_task = (file for file in stored_in(part.get("output")) if file.key.startswith(f"tasks/{task_id}/"))
            found |= {file.key: (call_id, file) for file in of_task}
    return list(found.values())


def stored_in(output: Any) -> Iterator[StoredFile]:
    """Every stored file that an answer names."""
    match output:
        case dict() if output.keys() == FIELDS:
            try:
                yield StoredFile.model_validate(output)
            except ValidationError:
                return
        case dict():
            for value in output.values():
                yield from stored_in(value)
        case list():
            for value in output:
                yield from stored_in(value)

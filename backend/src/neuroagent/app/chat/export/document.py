"""A conversation as JSON: all of its tree as it is shown, and the files that belong to it."""

from typing import Any

from neuroagent.app.chat.export.conversation import Conversation
from neuroagent.app.chat.files.endpoints import FileView
from neuroagent.app.chat.schemas import MessageView

FORMAT = "neuroagent.thread"
VERSION = 1


def as_document(conversation: Conversation) -> dict[str, Any]:
    """`branch` are the ids of the open branch; `parent` of each message makes the tree."""
    thread = conversation.thread
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": thread.title,
        "created_at": thread.created_at.isoformat(),
        "branch": [message.id for message in conversation.branch],
        "messages": [MessageView.of(message).model_dump(mode="json") for message in conversation.messages],
        "files": [FileView.of(row).model_dump(mode="json") for row in conversation.files],
    }

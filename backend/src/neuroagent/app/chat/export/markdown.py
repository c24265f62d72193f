"""A conversation's open branch as Markdown: what was said, with what the tools did folded away below it."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from neuroagent.app.chat.export.calls import asked, came, name_of
from neuroagent.app.chat.export.conversation import Conversation, parts_of
from neuroagent.app.chat.models import MessageRow

FOLDED = """\
<details>
<summary>{name}</summary>

{asked}

{came}

</details>"""


def as_markdown(conversation: Conversation) -> str:
    blocks = [f"# {conversation.title}"]
    for message in conversation.branch:
        blocks += [heading(message), *said(message)]
    return "\n\n".join(blocks) + "\n"


def heading(message: MessageRow) -> str:
    who = "You" if message.role == "user" else f"Answer of {message.model or 'the assistant'}"
    note = "" if message.state == "complete" else f" ({message.state})"
    return f"## {who}, {message.created_at:%Y-%m-%d %H:%M} UTC{note}"


def said(message: MessageRow) -> Iterator[str]:
    for part in parts_of(message):
        kind = str(part.get("type"))
        if kind == "text":
            yield str(part.get("text", "")).strip()
        elif kind.startswith("tool-"):
            yield folded(part)


def folded(call: Mapping[str, Any]) -> str:
    return FOLDED.format(name=escape(name_of(call)), asked=asked(call), came=came(call))

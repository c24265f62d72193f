"""What another's tool answers: a stranger's words, cleaned, capped, and no more than words."""

import json
from typing import Any, Final

from mcp_types import (
    AudioContent,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)
from pydantic import JsonValue

from neuroagent.app.tools.calling import ToolDone, ToolFailed

LONGEST_TEXT: Final = 20_000  # characters that the model reads
LONGEST_OUTPUT: Final = 100_000  # characters of JSON that are kept for the page


def came(result: CallToolResult) -> ToolDone | ToolFailed:
    text = cut(clean("\n\n".join(map(_told, result.content))), LONGEST_TEXT)
    if result.is_error:
        return ToolFailed(text or "It failed, and its server gave no reason.")
    structured = _small(result.structured_content)
    told = text or (cut(json.dumps(structured), LONGEST_TEXT) if structured else "It answered nothing.")
    return ToolDone({"text": told, "structured": structured}, told)


def clean(text: str) -> str:
    """Without what no database and no wire takes: NULs, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}\n… ({len(text) - longest:,} more characters)"


def _told(block: ContentBlock) -> str:
    match block:
        case TextContent(text=text) | EmbeddedResource(resource=TextResourceContents(text=text)):
            return text
        case ImageContent(mime_type=kind, data=data) | AudioContent(mime_type=kind, data=data):
            return f"[{kind}, {len(data) * 3 // 4:,} bytes, left out]"
        case ResourceLink(name=name, uri=uri):
            return f"{name}: {uri}"
        case _:
            return "[something that can't be shown, left out]"


def _small(structured: dict[str, Any] | None) -> JsonValue:
    text = clean(json.dumps(structured, ensure_ascii=False)) if structured else ""
    return json.loads(text) if 0 < len(text) <= LONGEST_OUTPUT and "\\u0000" not in text else None

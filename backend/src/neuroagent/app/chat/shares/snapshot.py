"""What a stranger with the link may see: what was said and shown, and nothing that leads back into the house."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from neuroagent.app.chat.export.conversation import Conversation, parts_of
from neuroagent.app.chat.files.made import FIELDS

SAID: Final = frozenset({"text", "reasoning"})
HIDDEN: Final = frozenset({"session", "times"})  # of a script's answer: what it left here, and how long that took


def snapshot(conversation: Conversation) -> dict[str, Any]:
    """The open branch as it is now."""
    return {
        "title": conversation.title,
        "messages": [
            {
                "id": str(number),
                "role": message.role,
                "state": message.state,
                "created_at": message.created_at.isoformat(),
                "parts": _parts(parts_of(message), number, conversation.figures),
            }
            for number, message in enumerate(conversation.branch, 1)
        ],
    }


def _parts(parts: list[dict[str, Any]], message: int, figures: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """In the page's own words; progress, approvals and all else that isn't listed here stays at home."""
    shown: list[dict[str, Any]] = []
    for part in parts:
        kind = str(part.get("type"))
        if kind in SAID:
            shown.append({"type": kind, "text": str(part.get("text", "")), "state": "done"})
        elif kind == "step-start":
            shown.append({"type": kind})
        elif kind.startswith("tool-"):
            shown.append(_call(part, f"call-{message}-{len(shown)}", figures))
    return shown


def _call(part: Mapping[str, Any], call_id: str, figures: Mapping[str, bytes]) -> dict[str, Any]:
    shown = {"type": part["type"], "toolCallId": call_id, "state": part.get("state")}
    for name in ("input", "output"):
        if name in part:
            shown[name] = _without_keys(part[name], figures)
    if "errorText" in part:
        shown["errorText"] = part["errorText"]
    if isinstance(output := shown.get("output"), dict):
        shown["output"] = {name: value for name, value in output.items() if name not in HIDDEN}
    return shown


def _without_keys(value: Any, figures: Mapping[str, bytes]) -> Any:
    """A stored file is shown by its name; a figure of ours with its bytes."""
    match value:
        case dict() if value.keys() == FIELDS:
            content = figures.get(str(value["key"]))
            shown = {name: value[name] for name in ("name", "media_type", "size")}
            return shown if content is None else shown | {"content": b64encode(content).decode()}
        case dict():
            return {name: _without_keys(one, figures) for name, one in value.items()}
        case list():
            return [_without_keys(one, figures) for one in value]
        case _:
            return value

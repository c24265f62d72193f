"""The AI SDK's UI message stream, version 1: its chunks, and the message that they add up to."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import JsonValue

Chunk = dict[str, JsonValue]
Part = dict[str, Any]

HEADERS: Final = {
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
    "x-vercel-ai-ui-message-stream": "v1",
}
DONE: Final = b"data: [DONE]\n\n"
SPOKEN: Final = {"text": "text", "reasoning": "reasoning"}
OPEN: Final = ("input-streaming", "input-available")
ASKING: Final = "approval-requested"


class UiMessage:
    """What a client that hears every chunk has in its hands."""

    def __init__(self, parts: Sequence[Part] = ()) -> None:
        self.parts = [dict(part) for part in parts]
        self._spoken: dict[JsonValue, Part] = {}

    def add(self, chunk: Chunk) -> None:
        kind = str(chunk["type"])
        match kind.split("-"):
            case ["start", "step"]:
                self.parts.append({"type": "step-start"})
            case [("text" | "reasoning") as spoken, step]:
                self._speak(spoken, step, chunk)
            case ["tool", *_]:
                self._call(kind, chunk)
            case ["data", *_] if not chunk.get("transient"):
                self._data(kind, chunk)

    def closed(self) -> list[Part]:
        """As it is kept when nothing more will come: what was open is closed as it was."""
        return [_closed(part) for part in self.parts]

    def _speak(self, spoken: str, step: str, chunk: Chunk) -> None:
        if step == "start":
            part: Part = {"type": spoken, "text": "", "state": "streaming"}
            self._spoken[chunk["id"]] = part
            self.parts.append(part)
        elif step == "delta":
            self._spoken[chunk["id"]]["text"] += chunk["delta"]
        else:
            self._spoken.pop(chunk["id"])["state"] = "done"

    def _call(self, kind: str, chunk: Chunk) -> None:
        part = next((one for one in self.parts if one.get("toolCallId") == chunk["toolCallId"]), None)
        if part is None:
            part = {"type": f"tool-{chunk['toolName']}", "toolCallId": chunk["toolCallId"], "state": "input-streaming"}
            self.parts.append(part)
        match kind:
            case "tool-input-available":
                part.update(state="input-available", input=chunk["input"], **_approval(part, approved=True))
            case "tool-approval-request":
                part.update(state=ASKING, approval={"id": chunk["approvalId"]})
            case "tool-output-denied":
                told = _approval(part, approved=False, reason=chunk.get("reason", ""))
                part.update(state="output-denied", **told)
            case "tool-output-available":
                part.update(state="output-available", output=chunk["output"])
            case "tool-input-error":
                part.update(state="output-error", input=chunk["input"], errorText=chunk["errorText"])
            case "tool-output-error":
                part.update(state="output-error", errorText=chunk["errorText"])

    def _data(self, kind: str, chunk: Chunk) -> None:
        part = {"type": kind, "id": chunk["id"], "data": chunk["data"]}
        for place, one in enumerate(self.parts):
            if (one["type"], one.get("id")) == (kind, chunk["id"]):
                self.parts[place] = part
                return
        self.parts.append(part)


def chunks_of(parts: Sequence[Part]) -> Iterator[Chunk]:
    """What brings a client that has heard nothing to these parts."""
    in_step = False
    for place, part in enumerate(parts):
        kind = part["type"]
        if kind == "step-start":
            if in_step:
                yield {"type": "finish-step"}
            in_step = True
            yield {"type": "start-step"}
        elif kind in SPOKEN:
            yield from _spoken_again(f"again-{place}", part)
        elif kind.startswith("tool-"):
            yield from _called_again(part)
        else:
            yield {"type": kind, "id": part["id"], "data": part["data"]}


def _spoken_again(place: str, part: Part) -> Iterator[Chunk]:
    kind = part["type"]
    yield {"type": f"{kind}-start", "id": place}
    yield {"type": f"{kind}-delta", "id": place, "delta": part["text"]}
    yield {"type": f"{kind}-end", "id": place}


def _called_again(part: Part) -> Iterator[Chunk]:
    name, which = part["type"].removeprefix("tool-"), {"toolCallId": part["toolCallId"]}
    yield {"type": "tool-input-start", "toolName": name, **which}
    if "input" in part:
        yield {"type": "tool-input-available", "toolName": name, "input": part["input"], **which}
    if approval := part.get("approval"):
        yield {"type": "tool-approval-request", "approvalId": approval["id"], **which}
        if approval.get("approved"):  # as it was said when the call went on
            yield {"type": "tool-input-available", "toolName": name, "input": part["input"], **which}
    if part["state"] == "output-denied":
        yield {"type": "tool-output-denied", "reason": part.get("approval", {}).get("reason", ""), **which}
    if part["state"] == "output-available":
        yield {"type": "tool-output-available", "output": part["output"], **which}
    if part["state"] == "output-error":
        yield {"type": "tool-output-error", "errorText": part["errorText"], **which}


def _approval(part: Part, **answer: JsonValue) -> Part:
    """What a person said, where one was asked."""
    return {"approval": {**part["approval"], **answer}} if "approval" in part else {}


def _closed(part: Part) -> Part:
    if part.get("state") == ASKING and "approval" in part:
        unanswered = _approval(part, approved=False, reason="It was stopped before anybody answered.")
        return {**part, "state": "output-denied", **unanswered}
    if part["type"].startswith("tool-") and part["state"] in OPEN:
        return {
            **part,
            "input": part.get("input"),
            "state": "output-error",
            "errorText": "It was stopped before it ended.",
        }
    return {**part, "state": "done"} if part["type"] in SPOKEN else dict(part)

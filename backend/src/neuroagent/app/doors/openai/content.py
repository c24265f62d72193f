"""An answer as a client of the OpenAI API reads it: words are content, what tools do is reasoning."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import JsonValue

from neuroagent.app.chat.wire import Chunk, chunks_of
from neuroagent.app.doors.openai.shown import plain, shown

LONGEST_CALL: Final = 200

WAITS: Final = (
    "`{name}` waits for a person's yes: say it on the page, or at /api/approvals. Then the answer goes on there."
)


@dataclass(frozen=True)
class Heard:
    """What one chunk adds."""

    content: str = ""
    reasoning: str = ""


@dataclass
class Content:
    """Chunks go in, words come out; the same ones live and told again, so that a history can be recognised."""

    base: str
    _has_spoken: bool = False
    _is_new_part: bool = False
    _tools: dict[str, str] = field(default_factory=dict)
    _tasks: dict[str, str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _outputs: dict[str, JsonValue] = field(default_factory=dict)

    def hear(self, chunk: Chunk) -> Heard:
        call = str(chunk.get("toolCallId", chunk.get("id", "")))
        said, thought = "", ""
        match chunk["type"]:
            case "text-start":
                self._is_new_part = True
            case "text-delta" if chunk["delta"]:
                said = self._spaced(str(chunk["delta"]))
            case "reasoning-delta":
                thought = str(chunk["delta"])
            case "reasoning-end":
                thought = "\n"
            case "tool-input-available":
                thought = self._called(call, str(chunk["toolName"]), chunk["input"])
            case "data-tool":
                thought = self._told(call, chunk["data"])
            case "tool-output-available" | "tool-output-error":
                thought = self._came(call, chunk)
            case "tool-approval-request":
                self._is_new_part = True
                said = self._spaced(WAITS.format(name=self._name(call)))
            case "finish-step" | "finish" | "abort" | "error":
                said = self._step_over()
        return Heard(said, thought)

    def _came(self, call: str, chunk: Chunk) -> str:
        if chunk["type"] == "tool-output-error":
            return f"{self._name(call)}: {_line(chunk['errorText'])}\n"
        self._outputs[call] = chunk["output"]
        return f"{self._name(call)}: done\n"

    def _spaced(self, text: str) -> str:
        gap = "\n\n" if self._is_new_part and self._has_spoken else ""
        self._has_spoken, self._is_new_part = True, False
        return gap + text

    def _called(self, call: str, tool: str, given: JsonValue) -> str:
        self._tools[call] = tool
        return f"{self._name(call)} {_line(json.dumps(given, ensure_ascii=False))}\n"

    def _told(self, call: str, data: Any) -> str:
        self._tasks[call] = str(data.get("task_id", ""))
        text = _line(data.get("text") or "")
        if not text or self._texts.get(call) == text:
            return ""
        self._texts[call] = text
        return f"{self._name(call)}: {text}\n"

    def _step_over(self) -> str:
        """Figures and tables come after their step, in the order of the calls, however the calls ended."""
        blocks = [
            shown(self._outputs[call], self._tasks.get(call, ""), self.base)
            for call in self._tools
            if call in self._outputs
        ]
        self._tools, self._outputs, self._tasks = {}, {}, {}
        self._is_new_part = True
        said = "\n\n".join(block for block in blocks if block)
        return self._spaced(said) if said else ""

    def _name(self, call: str) -> str:
        return plain(self._tools.get(call, "tool"), 100).replace("\\_", "_")


def content_of(parts: Iterable[dict[str, Any]], base: str = "") -> str:
    """All the words of a message that was kept."""
    content = Content(base)
    heard = [content.hear(chunk) for chunk in chunks_of(list(parts))]
    return "".join(one.content for one in [*heard, content.hear({"type": "finish"})])


def _line(text: Any) -> str:
    return " ".join(str(text).split())[:LONGEST_CALL]

"""From what a slot tells to what a person is answered; nothing of it is believed without a look."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from pydantic import JsonValue, TypeAdapter, ValidationError

from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.python import Figure, HomeFile, MissingPackage, Printed, ScriptError, Status, Value
from neuroagent.tasks.python.line import News, SlotBroken
from neuroagent.tasks.runtime.report import Report

INLINE: Final = 100_000  # bytes of a figure that travels with the answer
CUT: Final = "\n[… output cut here: {} bytes are the limit]\n"
MEDIA: Final = {"png": "image/png", "svg": "image/svg+xml", "json": "application/json"}
BY_ENDING: Final = {
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
}
_FIGURE: Final = re.compile(r"(?P<number>\d{4})\.(?P<kind>plotly|matplotlib)\.(?P<ending>json|png|svg)")
_json: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)

Stream = Literal["stdout", "stderr"]


@dataclass
class Answer:
    """Grows as news come; `report` hears of output at once and stores what was made."""

    report: Report
    limit: int
    advice: Callable[[str], str]
    printed: list[Printed] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    files: list[HomeFile] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    status: Status = "crashed"
    why: str = ""
    value: Value | None = None
    error: ScriptError | None = None
    missing: list[MissingPackage] = field(default_factory=list)
    run_ms: float = 0
    _bytes: int = 0
    _cut: bool = False
    _open: dict[Stream, bytes] = field(default_factory=lambda: {"stdout": b"", "stderr": b""})

    def hear(self, news: News) -> None:
        match news.event:
            case "output":
                self._print("stderr" if news.details.get("stream") == "stderr" else "stdout", news.payload)
            case "made" if news.details.get("kind") == "figure":
                self._draw(news)
            case "made":
                self._keep(news)
            case "done":
                self._finish(news)
            case "terminated":
                self.status, self.why = "terminated", "it went on for a second after it was interrupted"
            case "killed":
                self.status, self.why = "killed", "neither an interrupt nor ending its interpreter stopped it"
            case _:
                self.status, self.why = "crashed", str(news.details.get("why", "its interpreter ended"))[:500]

    @property
    def cut(self) -> bool:
        return self._cut

    def text(self, stream: Stream) -> str:
        return "".join(piece.text for piece in self.printed if piece.stream == stream)

    def _print(self, stream: Stream, payload: bytes) -> None:
        """A character may come in two pieces; it is told when it is whole."""
        room = self.limit - self._bytes
        self._bytes += len(payload)
        if self._cut:
            return
        text, self._open[stream] = _whole_characters(self._open[stream] + payload[: max(0, room)])
        if self._bytes > self.limit:
            self._cut = True
            text += CUT.format(self.limit)
        if text:
            self._say(stream, text)

    def _say(self, stream: Stream, text: str) -> None:
        self.report.log(text, stream)
        if self.printed and self.printed[-1].stream == stream:
            text = self.printed.pop().text + text
        self.printed.append(Printed(stream=stream, text=text))

    def _draw(self, news: News) -> None:
        name = _FIGURE.fullmatch(news.text("name", 200))
        if name is None:
            return
        number, kind, ending = name["number"], name["kind"], name["ending"]
        if kind == "plotly" and len(news.payload) <= INLINE:
            self.figures[number] = Figure(kind="plotly", plotly=_read(news.payload))
            return
        stored = self._store(news.payload, f"figure-{int(number)}.{ending}", MEDIA[ending])
        before = self.figures.get(number, Figure(kind="plotly" if kind == "plotly" else "matplotlib"))
        self.figures[number] = before.model_copy(update={"files": (*before.files, stored)})

    def _keep(self, news: News) -> None:
        path = PurePosixPath(news.text("name", 1_000))
        if path.is_absolute() or ".." in path.parts or not path.name:
            raise SlotBroken("it named a file outside its home folder")
        limit = self.report.job.upload.max_bytes
        if len(news.payload) > limit:
            self.left_out.append(f"{path}: {len(news.payload)} bytes, more than the {limit} that a file may have")
            return
        media = BY_ENDING.get(path.suffix.lower(), "application/octet-stream")
        file = self._store(news.payload, path.name[-200:], media)
        change: Literal["created", "changed"] = "changed" if news.details.get("change") == "changed" else "created"
        self.files.append(HomeFile(path=str(path), change=change, file=file))

    def _store(self, content: bytes, name: str, media_type: str) -> StoredFile:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "content"
            path.write_bytes(content)
            return self.report.store(path, name=name, media_type=media_type)

    def _finish(self, news: News) -> None:
        told = _read(news.payload)
        if not isinstance(told, dict):
            raise SlotBroken("its outcome is none")
        self.run_ms = news.number("milliseconds", 1e9)
        left = news.details.get("left")
        if isinstance(left, list):
            self.left_out += [f"{str(name)[:200]}: more than one run may hand out" for name in left[:100]]
        self.value, self.error = _value(told.get("value")), _error(told.get("error"))
        self._note_missing(told.get("missing"))
        interrupted = bool(news.details.get("interrupted")) and self.error is not None
        self.status = "interrupted" if interrupted else "error" if self.error else "done"

    def _note_missing(self, module: Any) -> None:
        if not isinstance(module, str) or not re.fullmatch(r"\w{1,100}", module):
            return
        advice = self.advice(module)
        self.missing.append(MissingPackage(name=module, advice=advice))
        if self.error is not None:
            self.error = self.error.model_copy(update={"message": f"{self.error.message}: {advice}"})


def _value(told: Any) -> Value | None:
    return None if told is None else _valid(Value, told)


def _error(told: Any) -> ScriptError | None:
    return None if told is None else _valid(ScriptError, told)


def _valid(kind: Any, told: Any) -> Any:
    try:
        return kind.model_validate(told)
    except ValidationError:
        raise SlotBroken(f"its {kind.__name__} doesn't fit") from None


def _read(written: bytes) -> JsonValue:
    try:
        return _json.validate_python(json.loads(written, parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        raise SlotBroken("it sent something that isn't JSON") from None


def _whole_characters(held: bytes) -> tuple[str, bytes]:
    for rest in range(min(4, len(held) + 1)):
        whole = held[: len(held) - rest]
        try:
            return whole.decode(), held[len(whole) :]
        except UnicodeDecodeError:
            continue
    return held.decode("utf-8", "replace"), b""

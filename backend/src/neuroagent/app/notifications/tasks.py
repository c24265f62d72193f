"""What a person hears of the tasks that were called for them: begun, how far, ended."""

from dataclasses import dataclass

from pydantic import JsonValue

from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import Kind, News
from neuroagent.task_schemas.events import Cancelled, Done, Ending, Event, Failed, Progress, Started


@dataclass(frozen=True)
class Subject:
    """A task, and as what it was called."""

    task_id: str
    owner: str
    tool: str
    thread_id: str | None

    @property
    def data(self) -> dict[str, JsonValue]:
        return {"task_id": self.task_id, "tool": self.tool}

    @property
    def begun(self) -> News:
        return News(self.owner, "task_started", f"{self.task_id}:started", self.thread_id, self.data)

    def ended(self, ending: Ending) -> News:
        """An ending is told again under the same key; that of another try under another."""
        kind: Kind = "task_complete" if isinstance(ending, Done) else "task_failed"
        key = f"{self.task_id}:ended:{ending.at.timestamp():.6f}"
        return News(self.owner, kind, key, self.thread_id, self.data | _why(ending))


@dataclass(frozen=True)
class Announced:
    """What is told of one task, as it is heard; to hear it twice does no harm."""

    bulletin: Bulletin
    subject: Subject

    def hear(self, event: Event) -> None:
        match event:
            case Started():
                self.bulletin.tell(self.subject.begun)
            case Progress(fraction=fraction, text=text):
                news = {**self.subject.data, "thread": self.subject.thread_id, "fraction": fraction, "text": text}
                self.bulletin.progress(self.subject.owner, self.subject.task_id, news)
            case Done() | Failed() | Cancelled():
                self.bulletin.ended(self.subject.task_id)
                self.bulletin.tell(self.subject.ended(event))


def _why(ending: Ending) -> dict[str, JsonValue]:
    match ending:
        case Failed(failure=failure):
            return {"code": failure.code, "message": failure.message}
        case Cancelled():
            return {"code": "cancelled", "message": "It was cancelled."}
        case _:
            return {}

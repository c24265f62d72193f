"""Whose turn it is with a task: the rules that both sides keep, as scripts that Redis runs in one step."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from neuroagent.task_schemas.events import KEPT, stream_key

KEPT_SECONDS: Final = int(KEPT.total_seconds())
LONGEST_STREAM: Final = 10_000  # entries; a body that logs in a loop must not fill Redis
LONGEST_INBOX: Final = 100_000


def _script(name: str) -> str:
    return files(__package__).joinpath(f"{name}.lua").read_text(encoding="utf-8")


_ANNOUNCE: Final = _script("announce")
CLAIM: Final = _ANNOUNCE + _script("claim")
RENEW: Final = _script("renew")
TELL: Final = _ANNOUNCE + _script("tell")
PAUSE: Final = _ANNOUNCE + _script("pause")
END: Final = _ANNOUNCE + _script("end")

NOBODY: Final = "nobody"  # the token of who holds no lease: the app, and a worker that was refused its turn


@dataclass(frozen=True)
class Keys:
    """Everything that Redis knows of one task."""

    task_id: str

    @property
    def stream(self) -> str:
        return stream_key(self.task_id)

    @property
    def final(self) -> str:
        return self._key("final")

    @property
    def lease(self) -> str:
        return self._key("lease")

    @property
    def attempts(self) -> str:
        return self._key("attempts")

    @property
    def cancel(self) -> str:
        return self._key("cancel")

    @property
    def pause(self) -> str:
        return self._key("pause")

    @property
    def watchers(self) -> str:
        return self._key("watchers")

    def of_an_ending(self, inbox: str) -> tuple[str, ...]:
        """As the scripts `end` and `pause` take them."""
        mine = (self.final, self.lease, self.attempts, self.cancel, self.pause, self.stream, self.watchers)
        return (*mine, inbox)

    def _key(self, word: str) -> str:
        return f"task:{self.task_id}:{word}"


def mark_key(queue: str) -> str:
    """When the newest message was sent that a worker of this queue has taken: those before it have had their turn."""
    return f"queue:{queue}:mark"

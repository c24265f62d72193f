"""Completions as the OpenAI API spells them: whole, or as chunks of a stream."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from neuroagent.app.doors.openai.answer import Ended
from neuroagent.app.doors.openai.content import Heard
from neuroagent.app.doors.openai.errors import NoAnswer, error_body
from neuroagent.app.errors import AppError

DONE: Final = b"data: [DONE]\n\n"
STILL_HERE: Final = b": still here\n\n"

Words = AsyncGenerator[Heard | Ended | None]
Usage = dict[str, int]


@dataclass(frozen=True)
class Completion:
    """One answer; `usage` can be known when it has ended."""

    id: str
    model: str
    usage: Callable[[], Awaitable[Usage]]
    created: int = field(default_factory=lambda: int(time.time()))

    async def whole(self, words: Words) -> dict[str, Any]:
        """NoAnswer when the run failed."""
        content, reasoning, ended = "", "", Ended("stop")
        async with aclosing(words):
            async for word in words:
                if isinstance(word, Heard):
                    content, reasoning = content + word.content, reasoning + word.reasoning
                ended = word if isinstance(word, Ended) else ended
        if ended.why:
            raise NoAnswer(ended.why)
        message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
        message |= {"reasoning_content": reasoning} if reasoning else {}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": ended.reason}
        return self._body("chat.completion", [choice]) | {"usage": await self.usage()}

    async def streamed(self, words: Words, *, wants_usage: bool) -> AsyncIterator[bytes]:
        yield self._chunk({"role": "assistant", "content": ""})
        try:
            async with aclosing(words):
                async for word in words:
                    for sent in self._sent(word):
                        yield sent
            if wants_usage:
                yield _data(self._body("chat.completion.chunk", []) | {"usage": await self.usage()})
        except AppError as error:  # Redis went away: the run goes on, and its thread has the answer
            yield _data(error_body(str(error), error.status, error.code))
        yield DONE

    def _sent(self, word: Heard | Ended | None) -> list[bytes]:
        match word:
            case None:
                return [STILL_HERE]
            case Heard(content=content, reasoning=reasoning):
                thought = [self._chunk({"reasoning_content": reasoning})] if reasoning else []
                return thought + ([self._chunk({"content": content})] if content else [])
            case Ended(why=""):
                return [self._chunk({}, word.reason)]
            case Ended(why=why):
                return [_data(error_body(why, NoAnswer.status, NoAnswer.code))]

    def _chunk(self, delta: dict[str, str], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return _data(self._body("chat.completion.chunk", [choice]))

    def _body(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model, "choices": choices}


def _data(body: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(body)}\n\n".encode()

"""An engine in memory that behaves: same answers, same events, same failures; for tests of what stands above it."""

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from neuroagent.app.engine.client import StillRunning, TaskFailed
from neuroagent.task_schemas.contract import In, Out, TaskContract
from neuroagent.task_schemas.errors import Failure, Retryable, TaskError
from neuroagent.task_schemas.events import Done, Event, Failed, Queued, Retrying, Started

Say = Callable[[Event], None]
Body = Callable[[Any, Say], Any]


class FakeTasks:
    """Bodies by their contract's name; each is given its job and a way to say what goes on."""

    def __init__(self, bodies: Mapping[str, Body]) -> None:
        self._bodies = bodies
        self._by_key: dict[tuple[str, str], Any] = {}
        self.submitted: list[tuple[str, Any]] = []

    async def run(  # noqa: PLR0913 - as the engine's own
        self,
        contract: TaskContract[In, Out],
        job: In,
        *,
        owner: str,
        trace_id: str,
        key: str | None = None,
        on_event: Say | None = None,
        patience: timedelta | None = None,
    ) -> Out:
        if key is not None and (owner, key) in self._by_key:
            return contract.decode_output(self._by_key[owner, key])
        self.submitted.append((contract.name, job))
        say = on_event or (lambda _event: None)
        say(Queued(at=_now(), place=0))
        given = contract.decode(contract.encode(job))  # as it would arrive
        for attempt in range(1, contract.retries.attempts + 1):
            say(Started(at=_now(), worker="fake", trace_id=trace_id, attempt=attempt))
            try:
                output = contract.encode_output(await self._called(contract.name, given, say))
            except Retryable as trouble:
                if attempt < contract.retries.attempts:
                    say(Retrying(at=_now(), attempt=attempt, pause=0, failure=trouble.failure()))
                    continue
                self._fail(trouble.failure(), say)
            except TaskError as trouble:
                self._fail(trouble.failure(), say)
            except (AttributeError, LookupError, TypeError, ValueError, ValidationError):
                self._fail(Failure(code="crashed", message="Something broke inside the task."), say)
            else:
                say(Done(at=_now(), output=output, attempt=attempt))
                if key is not None:
                    self._by_key[owner, key] = output
                return contract.decode_output(output)
        raise AssertionError("a contract allows one attempt at least")

    async def _called(self, name: str, given: Any, say: Say) -> Any:
        if name not in self._bodies:
            raise StillRunning(name, timedelta(0))  # no worker takes it
        answer = self._bodies[name](given, say)
        return await answer if inspect.isawaitable(answer) else answer

    def _fail(self, failure: Failure, say: Say) -> None:
        say(Failed(at=_now(), failure=failure))
        raise TaskFailed(failure)


def _now() -> datetime:
    return datetime.now(UTC)

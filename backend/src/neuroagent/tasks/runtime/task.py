"""`@task(CONTRACT)`: a plain function becomes the fulfiller of a contract, and stays a plain function."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from neuroagent.task_schemas.contract import In, Out, TaskContract
from neuroagent.tasks.runtime.report import Report

Body = TypeVar("Body", bound=Callable[[Any, Report], Any])


@dataclass(frozen=True)
class Fulfilment:
    """A contract and the body that answers it."""

    contract: TaskContract[Any, Any]
    body: Callable[[Any, Report], Any]
    at_start: Callable[[], object] | None = None
    offer: Callable[[], str] | None = None


class FulfilledTwice(Exception):
    """Two bodies claim one contract."""


_fulfilments: dict[str, Fulfilment] = {}  # filled as the families are imported


def task(
    contract: TaskContract[In, Out],
    at_start: Callable[[], object] | None = None,
    offer: Callable[[], str] | None = None,
) -> Callable[[Body], Body]:
    """The body is a function of the job and a report, plain or `async`.

    `at_start` is called beside each worker process's start, so that the first job finds open what all jobs need.
    `offer` is what this worker has for the task, in a sentence for whoever asks for it; empty where there is nothing.
    """

    def fulfil(body: Body) -> Body:
        if contract.name in _fulfilments:
            raise FulfilledTwice(f"{contract.name!r} is fulfilled by {_fulfilments[contract.name].body} already")
        _fulfilments[contract.name] = Fulfilment(contract, body, at_start, offer)
        return body

    return fulfil


def fulfilments() -> Iterator[Fulfilment]:
    return iter(_fulfilments.values())

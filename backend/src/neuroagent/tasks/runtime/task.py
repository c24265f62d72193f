"""`@task(CONTRACT)`: a plain function becomes the fulfiller of a contract, and stays a plain function."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from neuroagent.task_schemas.contract import In, Out, TaskContract
from neuroagent.tasks.runtime.report import Report


@dataclass(frozen=True)
class Fulfilment:
    """A contract and the body that answers it."""

    contract: TaskContract[Any, Any]
    body: Callable[[Any, Report], Any]


class FulfilledTwice(Exception):
    """Two bodies claim one contract."""


_fulfilments: dict[str, Fulfilment] = {}  # filled as the families are imported


def task(contract: TaskContract[In, Out]) -> Callable[[Callable[[In, Report], Out]], Callable[[In, Report], Out]]:
    def fulfil(body: Callable[[In, Report], Out]) -> Callable[[In, Report], Out]:
        if contract.name in _fulfilments:
            raise FulfilledTwice(f"{contract.name!r} is fulfilled by {_fulfilments[contract.name].body} already")
        _fulfilments[contract.name] = Fulfilment(contract, body)
        return body

    return fulfil


def fulfilments() -> Iterator[Fulfilment]:
    return iter(_fulfilments.values())

"""Asks the app whether it is ready, and says in words what it is waiting for."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from neuroagent.launcher.plan import Plan

LONGEST = 200
WELL = "ok"


@dataclass(frozen=True)
class Readiness:
    """`missing` is None when nothing is; `answer` is what the app said, word for word."""

    missing: str | None
    answer: str = ""


def ask(plan: Plan, timeout: float = 2.0) -> Readiness:
    """Alone, the app can only show that it lives; workers alone have no door to ask at."""
    if not plan.starts("app"):
        return Readiness(None)
    path = "/readyz" if plan.starts("tasks") else "/healthz"
    connection = http.client.HTTPConnection(plan.reachable_host, plan.port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return Readiness("the app does not answer yet", "nothing")
    finally:
        connection.close()
    if response.status == http.HTTPStatus.OK:
        return Readiness(None, body)
    return Readiness(in_words(body) or f"the app answers with status {response.status}", body)


def in_words(body: str) -> str:
    """What is not well of all that /readyz names, on one line."""
    try:
        text = ", ".join(_troubles(json.loads(body)))
    except ValueError:
        text = " ".join(body.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _troubles(value: Any, name: str = "") -> Iterator[str]:
    match value:
        case dict():
            for part, what in value.items():
                yield from _troubles(what, part)
        case str() if value != WELL:
            yield f"{name}: {' '.join(value.split())}" if name else value

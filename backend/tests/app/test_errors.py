"""What a caller sees when something goes wrong: always the same shape, never a bug's text."""

import logging
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from neuroagent.app.errors import NotFound, TooMany, Unavailable, add_error_handlers
from neuroagent.app.tracing import Tracing

TROUBLES = {
    "/crowd": NoConnectionLeft("QueuePool limit of size 10 overflow 20 reached"),
    "/shutting-down": DBAPIError("SELECT secret", None, Exception("terminated"), hide_parameters=True),
    "/misspelled": ProgrammingError("SELEC", None, Exception("syntax"), hide_parameters=True),
    "/no-socket": FileNotFoundError(2, "No such file or directory"),
    "/no-file": FileNotFoundError(2, "No such file or directory", "system.md"),
    "/too-often": TooMany("That is too often.", 7),
}


def raising(trouble: Exception) -> Callable[[], Awaitable[None]]:
    async def raised() -> None:
        raise trouble

    return raised


@pytest.fixture
def broken() -> httpx.AsyncClient:
    app = FastAPI()
    add_error_handlers(app)
    app.add_middleware(Tracing)

    @app.get("/missing")
    async def missing() -> None:
        raise NotFound("There is no such thing.")

    @app.get("/away")
    async def away() -> None:
        raise Unavailable("Redis is away.")

    @app.get("/database")
    async def database() -> None:
        raise OperationalError("SELECT secret", None, Exception("refused"), hide_parameters=True)

    for path, trouble in TROUBLES.items():
        app.add_api_route(path, raising(trouble))

    @app.get("/bug")
    async def bug() -> None:
        raise KeyError("internal-detail")

    @app.get("/number/{number}")
    async def number(number: int) -> int:
        return number

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://app", headers={"x-request-id": "trace-1"})


@pytest.mark.parametrize(
    ("path", "status", "code", "message"),
    [
        ("/missing", 404, "not_found", "There is no such thing."),
        ("/away", 503, "unavailable", "Redis is away."),
        ("/database", 503, "unavailable", "The database can't be reached"),
        ("/crowd", 503, "unavailable", "The database can't be reached"),
        ("/shutting-down", 503, "unavailable", "The database can't be reached"),
        ("/misspelled", 500, "internal", "the log has the cause under trace-1"),
        ("/no-socket", 503, "unavailable", "The database can't be reached"),
        ("/no-file", 500, "internal", "the log has the cause under trace-1"),
        ("/too-often", 429, "too_many_requests", "That is too often."),
        ("/nowhere", 404, "not_found", "Not Found"),
        ("/number/many", 422, "invalid_input", "path.number"),
        ("/bug", 500, "internal", "the log has the cause under trace-1"),
    ],
)
async def test_every_error_has_one_shape(
    path: str, status: int, code: str, message: str, broken: httpx.AsyncClient
) -> None:
    answer = await broken.get(path)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["request_id"]) == (status, code, "trace-1")
    assert message in error["message"]
    assert answer.headers["x-request-id"] == "trace-1"


async def test_a_bug_is_in_the_log_and_not_in_the_answer(
    broken: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    answer = await broken.get("/bug")

    assert "internal-detail" not in answer.text
    assert "internal-detail" in caplog.text


async def test_what_is_away_says_when_to_come_back(broken: httpx.AsyncClient) -> None:
    assert (await broken.get("/away")).headers["retry-after"] == "2"

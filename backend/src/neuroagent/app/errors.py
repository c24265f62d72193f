"""What goes wrong for a caller: a status, a code for the program, a sentence for the person."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from socket import gaierror
from typing import Any, ClassVar, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from neuroagent.app.tracing import TRACE_HEADER, current_trace_id

CODES: Final = {413: "too_large"}  # Python has renamed its own name for it

logger = logging.getLogger(__name__)


class AppError(Exception):
    """Shown to the caller as it is."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    code: ClassVar[str] = "bad_request"
    headers: ClassVar[Mapping[str, str]] = {}


class NotFound(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class Conflict(AppError):
    """It was so a moment ago, or somebody else was first."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class InvalidInput(AppError):
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_input"


class Unauthorized(AppError):
    status = HTTPStatus.UNAUTHORIZED
    code = "unauthorized"
    headers: ClassVar[Mapping[str, str]] = {"www-authenticate": "Bearer"}


class Forbidden(AppError):
    """We know who asks; they may not."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class TooMany(AppError):
    """Too often, or too much today; `seconds` until it is worth another try."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"

    def __init__(self, message: str, seconds: int, code: str = "too_many_requests") -> None:
        super().__init__(message)
        self.headers = {"retry-after": str(seconds)}  # type: ignore[misc]  # this one differs from time to time
        self.code = code  # type: ignore[misc]  # as above


class Unavailable(AppError):
    """Redis, the database or the store is away; nothing was half done."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
    headers: ClassVar[Mapping[str, str]] = {"retry-after": "2"}


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    for away in (OperationalError, InterfaceError, PoolTimeout, ConnectionError, gaierror, TimeoutError):
        app.add_exception_handler(away, _away)
    app.add_exception_handler(DBAPIError, _refused_by_the_database)
    app.add_exception_handler(FileNotFoundError, _no_socket)
    app.add_exception_handler(Exception, _bug)


def _answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    error = {"code": code, "message": message, "request_id": current_trace_id()}
    return JSONResponse({"error": error}, status, dict(headers or {}))


async def _app_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, AppError):
        raise error
    return _answer(error.status, error.code, str(error), error.headers)


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input", "; ".join(map(_problem, error.errors())))


def _problem(problem: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}"


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code = CODES.get(error.status_code) or HTTPStatus(error.status_code).name.lower()
    return _answer(error.status_code, code, error.detail, error.headers)


async def _away(_: Request, error: Exception) -> JSONResponse:
    """The database, by the errors of its drivers; whoever needs Redis or the store says so itself."""
    logger.warning("http.database_away", extra={"reason": str(error)})
    message = "The database can't be reached; nothing was half done. Try again shortly."
    return _answer(Unavailable.status, Unavailable.code, message, Unavailable.headers)


async def _no_socket(request: Request, error: Exception) -> JSONResponse:
    """A database that is shut down takes its socket along; a missing file has a name, a missing socket has none."""
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return await _away(request, error)
    raise error


async def _refused_by_the_database(request: Request, error: Exception) -> JSONResponse:
    """A server that shuts down or starts has no class of its own among the driver's errors."""
    if isinstance(error, DBAPIError) and (error.connection_invalidated or type(error) is DBAPIError):
        return await _away(request, error)
    raise error


async def _bug(_: Request, error: Exception) -> JSONResponse:
    logger.error("http.crashed", exc_info=error)
    trace_id = current_trace_id()
    message = f"Something broke on our side; the log has the cause under {trace_id}."
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", message, {TRACE_HEADER: trace_id})

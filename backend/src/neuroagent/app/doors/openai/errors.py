"""What goes wrong, in the shape that clients of the OpenAI API read."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from neuroagent.app.body_limit import Answering
from neuroagent.app.errors import AppError

KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Refused(AppError):
    """The request asks for something that this door doesn't do; `param` names it."""

    code = "unsupported_value"

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class NoSuchModel(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "model_not_found"


class NoAnswer(AppError):
    """The run failed; asked again, its tools would run again, so a client isn't to do that by itself."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "no_answer"
    headers: ClassVar[Mapping[str, str]] = {"x-should-retry": "false"}


def error_body(message: str, status: int, code: str, param: str | None = None) -> dict[str, Any]:
    kind = KINDS.get(status) or ("server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None)
    return {"error": {"message": message, "type": kind or "invalid_request_error", "param": param, "code": code}}


def in_openai_words(answer: Answering) -> Answering:
    """The same route, with its refusals in that shape."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except AppError as error:
            param = error.param if isinstance(error, Refused) else None
            return _refusal(str(error), error.status, error.code, error.headers, param)
        except RequestValidationError as error:
            problem = error.errors()[0]
            param = ".".join(str(part) for part in problem["loc"][1:])
            return _refusal(f"{param or 'The body'}: {problem['msg']}", 400, "invalid_request", {}, param or None)
        except HTTPException as error:
            code = HTTPStatus(error.status_code).name.lower()
            return _refusal(error.detail, error.status_code, code, error.headers or {})

    return answered


def _refusal(message: str, status: int, code: str, headers: Mapping[str, str], param: str | None = None) -> Response:
    return JSONResponse(error_body(message, status, code, param), status, dict(headers))

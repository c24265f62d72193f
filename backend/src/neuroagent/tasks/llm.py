"""The workers' door to a language model: one question, one answer of an agreed shape, over the OpenAI protocol."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, JsonValue, SecretStr, ValidationError

from neuroagent.config.settings import Section
from neuroagent.task_schemas.errors import ExternalService, Permanent, RateLimited

LARGEST_ANSWER: Final = 2**20
LONGEST_REASON: Final = 300
SERVICE: Final = "language model"
PASSING: Final = frozenset({408, 409, 425, 500, 502, 503, 504})
USUAL_PAUSE: Final = 10.0


class LlmSettings(Section):
    base_url: str = Field("", description="Of a service that speaks the OpenAI protocol, up to `/v1`; empty: no model.")
    api_key: SecretStr | None = Field(None, description="Sent as a bearer token, if the service wants one.")
    model: str = Field("", description="The model's name, as the service knows it.")
    timeout: float = Field(60, gt=0, description="Seconds to wait for an answer.")


@dataclass(frozen=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Usage:
    model: str = ""
    cached: int = 0
    uncached: int = 0
    completion: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            other.model or self.model,
            self.cached + other.cached,
            self.uncached + other.uncached,
            self.completion + other.completion,
        )

    @property
    def total(self) -> int:
        return self.cached + self.uncached + self.completion


@dataclass(frozen=True)
class Completion:
    text: str
    usage: Usage


class LlmRefused(Permanent):
    """The service won't answer, and wouldn't another time."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "llm_refused")


class _Details(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)
    prompt_tokens_details: _Details | None = None


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Answer(BaseModel):
    """As much of the service's answer as is read; the rest may be as it likes."""

    model: str = ""
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


@dataclass(frozen=True)
class Llm:
    """`complete` blocks; a worker's body is where it is called."""

    settings: LlmSettings

    @property
    def is_there(self) -> bool:
        return bool(self.settings.base_url and self.settings.model)

    def complete(
        self, messages: Sequence[ChatMessage], schema: dict[str, JsonValue], *, most_tokens: int, model: str = ""
    ) -> Completion:
        """In the shape of the schema where the service can be held to one; whoever asks checks it anyway."""
        body: dict[str, Any] = {
            "model": model or self.settings.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "temperature": 0,
            "max_tokens": most_tokens,
        }
        shape = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
        status, said = self._post(body | {"response_format": shape})
        if status == HTTPStatus.BAD_REQUEST and b"response_format" in said:
            status, said = self._post(body)
        _refuse_unless_good(status, said)
        return _completion(said, body["model"])

    def _post(self, body: dict[str, Any]) -> tuple[int, bytes]:
        place = urlsplit(self.settings.base_url)
        connection = _connection(place.scheme, place.hostname or "", place.port, self.settings.timeout)
        try:
            path = f"{place.path.rstrip('/')}/chat/completions"
            connection.request("POST", path, json.dumps(body).encode(), self._headers())
            with connection.getresponse() as answer:
                _refuse_if_busy(answer)
                return answer.status, _capped(answer)
        except TimeoutError as error:
            raise ExternalService(
                f"The language model didn't answer in {self.settings.timeout:g} s.", SERVICE
            ) from error
        except (OSError, HTTPException) as error:
            raise ExternalService(
                f"The language model can't be reached: {str(error) or type(error).__name__}", SERVICE
            ) from error
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        key = self.settings.api_key
        authorised = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        return {"Content-Type": "application/json", "Accept-Encoding": "identity", **authorised}


def _connection(scheme: str, host: str, port: int | None, timeout: float) -> HTTPConnection:
    match scheme:
        case "https":
            return HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
        case "http":
            return HTTPConnection(host, port, timeout=timeout)
    raise LlmRefused(f"TASKS_LLM__BASE_URL must start with http:// or https://, not with {scheme!r}.")


def _capped(answer: HTTPResponse) -> bytes:
    said = answer.read(LARGEST_ANSWER + 1)
    if len(said) > LARGEST_ANSWER:
        raise ExternalService(f"The language model's answer has more than {LARGEST_ANSWER} bytes.", SERVICE)
    return said


def _refuse_if_busy(answer: HTTPResponse) -> None:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        told = answer.getheader("Retry-After", "")
        raise RateLimited(
            "The language model asked to come back later.", float(told) if told.isdigit() else USUAL_PAUSE
        )


def _refuse_unless_good(status: int, said: bytes) -> None:
    if status == HTTPStatus.OK:
        return
    if status in PASSING:
        raise ExternalService(f"The language model answered with {status}.", SERVICE)
    raise LlmRefused(f"The language model refused with {status}: {_reason(said)}")


def _reason(said: bytes) -> str:
    try:
        message = json.loads(said)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return "it gave no reason"
    return str(message)[:LONGEST_REASON]


def _completion(said: bytes, model: str) -> Completion:
    try:
        answer = _Answer.model_validate_json(said)
    except ValidationError as error:
        raise ExternalService("The language model's answer is not of the OpenAI protocol.", SERVICE) from error
    message, used = answer.choices[0].message, answer.usage or _Usage()
    details = used.prompt_tokens_details
    cached = min((details.cached_tokens or 0) if details else 0, used.prompt_tokens)
    usage = Usage(answer.model or model, cached, used.prompt_tokens - cached, used.completion_tokens)
    return Completion(message.content or message.refusal or "", usage)

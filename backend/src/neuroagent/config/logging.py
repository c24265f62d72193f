"""Logs: one line an event, its fields beside it; colours for a person, JSON for a machine, secrets for nobody."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from neuroagent.config.settings import Section

QUIET = (
    "alembic",
    "amqp",
    "asyncio",
    "boto3",
    "botocore",
    "celery.app.trace",  # our own line of an ended task has its trace id
    "celery.worker.strategy",
    "httpcore",
    "httpx",
    "kombu",
    "multipart",
    "python_multipart",
    "urllib3",
    "uvicorn.access",  # our own line of a request has its trace id
)
TAKEN_OVER = ("uvicorn", "uvicorn.error")  # they come with handlers of their own
PALETTE = {"DEBUG": "2", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}
LAST_OF_THE_PLANE = 0xFFFF  # beyond it, JSON escapes a character as two
SHORTEST_SECRET = 4  # hiding shorter ones would blank out ordinary words

_bound: ContextVar[dict[str, Any]] = ContextVar("log_fields", default={})  # noqa: B039 - never changed in place
_own_fields = frozenset((*logging.makeLogRecord({}).__dict__, "message", "asctime", "color_message", "taskName"))


class LoggingSettings(Section):
    """What is logged, and in which form."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least level that is logged.")
    format: Literal["auto", "console", "json"] = Field(
        "auto", description="`console` for people, `json` for machines; `auto`: console on a terminal, else json."
    )
    colours: bool | None = Field(None, description="Colours in the console format; by default on a terminal only.")


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Every event inside carries these fields: bind ids once, at the edge."""
    token = _bound.set(_bound.get() | fields)
    try:
        yield
    finally:
        _bound.reset(token)


def configure_logging(settings: LoggingSettings, secrets: Iterable[str] = ()) -> None:
    """Take over the whole process's logging."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings, frozenset(_spellings(secrets))))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in TAKEN_OVER:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.captureWarnings(capture=True)


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """A secret as it is, as JSON escapes it, and as a URL encodes it."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            yield from (secret, json.dumps(secret)[1:-1], quote(secret), quote(secret, safe=""))


def _formatter(settings: LoggingSettings, secrets: frozenset[str]) -> logging.Formatter:
    terminal = sys.stderr.isatty()
    if settings.format == "json" or (settings.format == "auto" and not terminal):
        return JsonLines(secrets)
    return ConsoleLines(secrets, colours=terminal if settings.colours is None else settings.colours)


class _Lines(logging.Formatter):
    def __init__(self, secrets: frozenset[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        given = {name: value for name, value in record.__dict__.items() if name not in _own_fields}
        return {name: self._cleared(value) for name, value in (_bound.get() | given).items()}

    def _trouble(self, record: logging.LogRecord) -> str:
        return str(self._cleared(self.formatException(record.exc_info))) if record.exc_info else ""

    def _cleared(self, value: Any) -> Any:
        """Before it is spelled any further: a secret escaped twice would not be found."""
        text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
        clear = text
        for secret in self._secrets:
            clear = clear.replace(secret, "***")
        return value if clear == text else clear


class JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": self._cleared(record.getMessage()),
            "logger": record.name,
            **self._fields(record),
        }
        if trouble := self._trouble(record):
            line["error"] = trouble
        return _printable(json.dumps(line, default=str, ensure_ascii=False))


class ConsoleLines(_Lines):
    """A line that a person reads at a glance: time, level, event, then the fields."""

    def __init__(self, secrets: frozenset[str], *, colours: bool) -> None:
        super().__init__(secrets)
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
        level = self._in(PALETTE.get(record.levelname, "0"), f"{record.levelname:<7}")
        fields = " ".join(f"{self._in('36', name)}={_readable(value)}" for name, value in self._fields(record).items())
        said = _printable(str(self._cleared(record.getMessage())))
        trouble = [_printable(line) for line in self._trouble(record).splitlines()]
        return "\n".join([f"{self._in('2', time)} {level} {said}  {fields}".rstrip(), *trouble])

    def _in(self, colour: str, text: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colours else text


def _readable(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if text.isprintable() and " " not in text else _printable(json.dumps(text, ensure_ascii=False))


def _printable(text: str) -> str:
    """A line break or an escape code from a stranger is shown, not obeyed."""
    return text if text.isprintable() else "".join(part if part.isprintable() else _escaped(part) for part in text)


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) <= LAST_OF_THE_PLANE else json.dumps(character)[1:-1]

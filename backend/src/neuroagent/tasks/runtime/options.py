"""Celery's options from the settings: each by its own name, with the type Celery gives it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from celery.app.defaults import NAMESPACES, flatten

from neuroagent.config.settings import SettingsError, closest
from neuroagent.tasks.config import PREFIX

KNOWN: Final[dict[str, Any]] = {name: option.type for name, option in flatten(NAMESPACES)}
NOT_HERE: Final = {
    "broker_url": "Redis is set with TASKS_REDIS__…, for Celery and for the events alike",
    "broker_read_url": "Redis is set with TASKS_REDIS__…, for Celery and for the events alike",
    "broker_write_url": "Redis is set with TASKS_REDIS__…, for Celery and for the events alike",
    "broker_use_ssl": "TLS to Redis is set with TASKS_REDIS__TLS and its certificates",
    "task_queues": "the queues are those of the contracts; TASKS_QUEUES says which of them to serve",
    "accept_content": "jobs are JSON: another form could carry code",
    "task_serializer": "jobs are JSON: another form could carry code",
}
WORDS: Final = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def celery_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Typed as Celery expects them, or an error that names every wrong one."""
    options, wrong = {}, []
    for name, value in given.items():
        try:
            options[name.lower()] = _typed(name.lower(), value)
        except ValueError as error:
            wrong.append(f"{PREFIX}CELERY__{name.upper()}: {error}")
    if wrong:
        raise SettingsError("\n".join(wrong))
    return options


def _typed(name: str, value: Any) -> Any:
    if name in NOT_HERE:
        raise ValueError(f"it can't be set here: {NOT_HERE[name]}")
    if name not in KNOWN:
        raise ValueError(f"Celery has no such option; the closest is {PREFIX}CELERY__{closest(name, [*KNOWN]).upper()}")
    kind = KNOWN[name]
    read = READERS.get(kind if isinstance(kind, str) else getattr(kind, "__name__", "any"), _as_it_is)
    return read(value)


def _whole_number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"a whole number is wanted, not {value!r}") from None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"a number is wanted, not {value!r}") from None


def _yes_or_no(value: Any) -> bool:
    if str(value).lower() not in WORDS:
        raise ValueError(f"true or false is wanted, not {value!r}")
    return WORDS[str(value).lower()]


def _mapping(value: Any) -> dict[str, Any]:
    """A JSON object, or options of its own below one more double underscore."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    parsed = _json(value)
    if not isinstance(parsed, dict):
        raise ValueError('a JSON object is wanted, as {"visibility_timeout": 3600}')  # noqa: TRY004 - a wrong setting
    return parsed


def _several(value: Any) -> list[Any]:
    parsed = value if isinstance(value, list) else _json(value)
    return parsed if isinstance(parsed, list) else [part.strip() for part in str(value).split(",") if part.strip()]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _mapping(value)
    parsed = _json(value)
    return value if parsed is None else parsed


def _json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return None


def _as_it_is(value: Any) -> Any:
    return value


READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "int": _whole_number,
    "float": _number,
    "bool": _yes_or_no,
    "dict": _mapping,
    "list": _several,
    "tuple": _several,
}

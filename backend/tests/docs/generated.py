"""The pages that are written from the code: the settings, the tasks, the `.env` files and the wire.

`./dev generate` writes them anew; test_generated.py finds a stale one.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from neuroagent.app import config as app_config
from neuroagent.app.config import AppSettings
from neuroagent.config.settings import ProcessSettings, is_open_ended, names
from neuroagent.task_schemas import CONTRACTS
from neuroagent.task_schemas.contract import TaskContract
from neuroagent.task_schemas.events import events
from neuroagent.task_schemas.jobs import ENVELOPES
from neuroagent.tasks import config as worker_config
from neuroagent.tasks.config import WorkerSettings

ROOT: Final = Path(__file__).resolve().parents[3]
WIRE: Final = ROOT / "backend" / "tests" / "architecture" / "wire"


@dataclass(frozen=True)
class Process:
    """One side of the house, with the settings it reads."""

    title: str
    file: str
    settings: type[ProcessSettings]
    prefix: str


PROCESSES: Final = (
    Process("The app", ".env.app", AppSettings, app_config.PREFIX),
    Process("The workers", ".env.tasks", WorkerSettings, worker_config.PREFIX),
)


def pages() -> dict[Path, str]:
    env_files = {ROOT / process.file: _env_file(process) for process in PROCESSES}
    return env_files | {ROOT / "docs" / "settings.md": _settings_page(), ROOT / "docs" / "tasks.md": _tasks_page()}


def wire() -> dict[Path, str]:
    """Each contract's JSON schema, and that of the events: a changed wire shows in a diff."""
    schemas = {WIRE / f"{name}.json": _contract_schema(contract) for name, contract in CONTRACTS.items()}
    envelopes = {model.__name__: model.model_json_schema() for model in ENVELOPES}
    return schemas | {WIRE / "events.json": _json(events.json_schema()), WIRE / "envelopes.json": _json(envelopes)}


def stale(texts: Mapping[Path, str]) -> list[Path]:
    return [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def _settings_page() -> str:
    return "\n".join(
        [
            "# Settings",
            "",
            "Written from the code by `./dev generate docs`. Each process reads its `.env` file in the folder it is",
            "started in; a real environment variable wins over the file, and an empty value means the default.",
            "A name that doesn't exist is refused at the start, with the closest one that does.",
            *(line for process in PROCESSES for line in _table(process)),
            "",
        ]
    )


def _table(process: Process) -> Iterator[str]:
    yield from ("", f"## {process.title}: `{process.file}`", "", "| name | default | what it is |", "|---|---|---|")
    for name, field in names(process.settings, process.prefix):
        shown = f"{name}__…" if is_open_ended(field) else name
        default = _default(field)
        yield f"| `{shown}` | {f'`{default}`' if default else 'none'} | {_described(name, field)} |"


def _env_file(process: Process) -> str:
    lines = [
        f"# {process.title}: every setting with its default; docs/settings.md explains them. No secret belongs in here."
    ]
    section = ""
    for name, field in names(process.settings, process.prefix):
        group = name.removeprefix(process.prefix).rpartition("__")[0]
        lines += [""] if group != section else []
        section = group
        lines += [f"# {_described(name, field)}"]
        lines += [f"# {name}{field.examples[0]}" if field.examples else f"{name}={_default(field)}"]
    return "\n".join([*lines, ""])


def _described(name: str, field: FieldInfo) -> str:
    if not field.description:
        raise SystemExit(f"{name} has no description: give its Field one.")
    return field.description


def _default(field: FieldInfo) -> str:
    match field.get_default(call_default_factory=True, validated_data={}):
        case None | dict():
            return ""
        case bool() as flag:
            return str(flag).lower()
        case timedelta() as duration:
            return f"PT{duration.total_seconds():g}S"
        case SecretStr():
            raise SystemExit("A secret has no default.")
        case value:
            return str(value)


def _tasks_page() -> str:
    lines = [
        "# Tasks",
        "",
        "Written from the code by `./dev generate docs`: the whole asynchronous surface of the product.",
    ]
    for contract in CONTRACTS.values():
        lines += ["", f"## `{contract.name}`", "", contract.summary, ""]
        lines += [
            f"Family `{contract.family}`, queue `{contract.queue}`, at most {contract.timeout.total_seconds():g} s."
        ]
        lines += _fields("Input", contract.input) + _fields("Output", contract.output)
    return "\n".join([*lines, ""])


def _fields(title: str, message: type[BaseModel]) -> list[str]:
    schema = message.model_json_schema()
    properties: dict[str, Any] = schema.get("properties", {})
    if not properties:
        return ["", f"{title}: `{{}}`"]
    required = schema.get("required", [])
    rows = [
        f"| `{name}` | {_type(part)} | {'yes' if name in required else 'no'} | {part.get('description', '')} |"
        for name, part in properties.items()
    ]
    return ["", f"| {title.lower()} | type | required | |", "|---|---|---|---|", *rows]


def _type(part: Mapping[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(_type(choice) for choice in part["anyOf"])
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    if part.get("type") == "array":
        return f"list of {_type(part.get('items', {}))}"
    return str(part.get("format") or part.get("type") or "any")


def _contract_schema(contract: TaskContract[Any, Any]) -> str:
    return _json(
        {
            "name": contract.name,
            "queue": contract.queue,
            "timeout": contract.timeout.total_seconds(),
            "input": contract.input.model_json_schema(),
            "output": contract.output.model_json_schema(mode="serialization"),
        }
    )


def _json(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _write(texts: Mapping[Path, str]) -> None:
    for path in stale(texts):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    written: dict[str, Callable[[], dict[Path, str]]] = {"docs": pages, "wire": wire}
    for kind in sys.argv[1:] or written:
        _write(written[kind]())

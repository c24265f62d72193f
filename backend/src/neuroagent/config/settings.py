"""What both processes' settings share: where they come from, and what is said when one is wrong."""

import os
import typing
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict


class SettingsError(Exception):
    """The settings can't be used; the message names each wrong one and says why, never its value."""


class Section(BaseModel):
    """A group of settings under one word, spelled with two underscores in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ProcessSettings(BaseSettings):
    """The settings of one process: its `.env` file, over which real environment variables win."""

    env_file: ClassVar[str]

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Read them, or say in one sentence a line what is wrong."""
        env_file = (folder or Path.cwd()) / cls.env_file
        _refuse_unknown_names(cls, env_file)
        try:
            return cls(_env_file=env_file)
        except ValidationError as error:
            raise SettingsError("\n".join(_sentences(cls, error))) from None

    def secrets(self) -> list[str]:
        """Every secret in force, so that the logs can be kept clear of them."""
        return list(_secrets(self))


def process_config(prefix: str) -> SettingsConfigDict:
    return SettingsConfigDict(
        env_prefix=prefix,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        frozen=True,
        extra="ignore",  # _refuse_unknown_names says it better: it knows the closest name
        hide_input_in_errors=True,
    )


def names(settings: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Every name that can be set, as the environment spells it, with its field."""
    for field_name, field in settings.model_fields.items():
        name = f"{prefix}{field_name}".upper()
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from names(section, f"{name}__")
        else:
            yield name, field


def is_open_ended(field: FieldInfo) -> bool:
    """A mapping takes any name below its own, as TASKS_CELERY__ does."""
    return typing.get_origin(field.annotation) is dict


def closest(name: str, known: list[str]) -> str:
    return get_close_matches(name, known, n=1, cutoff=0.0)[0]


def _refuse_unknown_names(settings: type[ProcessSettings], env_file: Path) -> None:
    prefix = str(settings.model_config["env_prefix"])
    known = dict(names(settings, prefix))
    open_ended = tuple(f"{name}__" for name, field in known.items() if is_open_ended(field))
    in_file = DotEnvSettingsSource(settings, env_file=env_file).env_vars
    given = {name.upper() for name in (*os.environ, *in_file)}
    mine = sorted(name for name in given if name.startswith(prefix) and not name.startswith(open_ended or "\0"))
    unknown = [name for name in mine if name not in known]
    if unknown:
        raise SettingsError("\n".join(_no_such_setting(name, list(known)) for name in unknown))


def _no_such_setting(name: str, known: list[str]) -> str:
    return f"{name}: there is no such setting; the closest is {closest(name, known)}. docs/settings.md lists them all."


def _sentences(settings: type[ProcessSettings], error: ValidationError) -> Iterator[str]:
    prefix = str(settings.model_config["env_prefix"])
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        where = "__".join(str(part) for part in problem["loc"]).upper()
        yield f"{prefix}{where}: {problem['msg']}"


def _secrets(value: Any) -> Iterator[str]:
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from _secrets(getattr(value, name))
        case dict():
            for part in value.values():
                yield from _secrets(part)
        case _:
            return

"""The file that names them; what is wrong in it stops the app at its start, as any other setting does."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neuroagent.app.tools.outside import Approval
from neuroagent.config.settings import SettingsError

VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$")]


class ServerEntry(BaseModel):
    """One server: behind an address, or a program that is started here."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str | None = Field(None, pattern=r"^https?://\S+$")
    headers: dict[str, str] = {}
    command: str | None = Field(None, min_length=1)
    args: list[str] = []
    env: dict[str, str] = {}
    timeout: float = Field(60, gt=0, le=3_600)
    prefix: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]{0,29}$")
    approval: Approval = "always"

    @model_validator(mode="after")
    def _one_way_to_reach_it(self) -> Self:
        if (self.url is None) == (self.command is None):
            raise ValueError("give `url` or `command`, one of them")
        if self.url is None and self.headers:
            raise ValueError("`headers` go with `url`")
        if self.command is None and (self.args or self.env):
            raise ValueError("`args` and `env` go with `command`")
        return self


class ServersFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mcpServers: dict[Name, ServerEntry]  # noqa: N815 - as everybody spells it


def entries(file: Path | None, environment: Mapping[str, str]) -> dict[str, ServerEntry]:
    """Each by its name, with the `${NAME}`s of headers and environment filled in."""
    if file is None:
        return {}
    try:
        named = ServersFile.model_validate_json(file.read_bytes()).mcpServers
    except OSError as error:
        raise SettingsError(f"{file}: this file of MCP servers can't be read: {error.strerror}.") from None
    except ValidationError as error:
        raise SettingsError("\n".join(f"{file}: {sentence}" for sentence in _sentences(error))) from None
    return {name: _filled(f"{file}: {name}", entry, environment) for name, entry in named.items()}


def _sentences(error: ValidationError) -> list[str]:
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    return [f"{'.'.join(map(str, problem['loc'])) or 'the whole'}: {problem['msg']}" for problem in problems]


def _filled(where: str, entry: ServerEntry, environment: Mapping[str, str]) -> ServerEntry:
    def value(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise SettingsError(f"{where}: the environment has no {found[1]}, which `{found[0]}` stands for.")
        return environment[found[1]]

    filled = {
        part: {name: VARIABLE.sub(value, text) for name, text in getattr(entry, part).items()}
        for part in ("headers", "env")
    }
    prefix = entry.prefix or f"{re.sub(r'[^a-z0-9]+', '_', where.rpartition(': ')[2].lower())[:29]}_"
    return entry.model_copy(update={**filled, "prefix": prefix})

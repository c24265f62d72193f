"""Who may reach the MCP door, and where the file lies that names servers of others."""

from pathlib import Path

from pydantic import Field

from neuroagent.config.settings import Section


class McpSettings(Section):
    """The Model Context Protocol."""

    allowed_hosts: str = Field(
        "127.0.0.1, localhost, [::1]",
        description="Names by which /mcp may be called, at any port; behind a name of your own, add it.",
    )
    allowed_origins: str = Field(
        "http://127.0.0.1, http://localhost, http://[::1]",
        description="Origins of pages that may call /mcp from a browser, at any port; programs send none.",
    )
    max_body_bytes: int = Field(4 * 2**20, gt=0, description="The largest call of /mcp.")
    servers_file: Path | None = Field(
        None, description="A JSON file with MCP servers of others, whose tools are offered too; docs/doors.md has one."
    )

    @property
    def hosts(self) -> list[str]:
        return _with_any_port(self.allowed_hosts)

    @property
    def origins(self) -> list[str]:
        return _with_any_port(self.allowed_origins)


def _with_any_port(names: str) -> list[str]:
    named = [name.strip() for name in names.split(",") if name.strip()]
    return [*named, *(f"{name}:*" for name in named)]

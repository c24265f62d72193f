"""Who may reach the MCP door."""

from neuroagent.app.doors.mcp.settings import McpSettings


def test_a_name_counts_at_any_port() -> None:
    assert McpSettings(allowed_hosts="chat.example.org, ").hosts == ["chat.example.org", "chat.example.org:*"]


def test_only_this_machine_is_known_by_default() -> None:
    assert {host.removesuffix(":*") for host in McpSettings().hosts} == {"127.0.0.1", "localhost", "[::1]"}
    assert all(origin.startswith("http://") for origin in McpSettings().origins)

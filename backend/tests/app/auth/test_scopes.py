"""What a caller may, by the scopes that a key or a provider gives."""

import pytest

from neuroagent.app.auth.scopes import ALL, Scope, allows, must_allow, needed, scopes_of
from neuroagent.app.errors import Forbidden


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/tasks/x", "read"),
        ("POST", "/api/tasks", "tools"),
        ("POST", "/api/tools/run_python/run", "tools"),
        ("POST", "/mcp", "tools"),
        ("POST", "/api/chat", "chat"),
        ("DELETE", "/api/threads/x", "chat"),
        ("POST", "/api/something/new", "chat"),
        ("DELETE", "/api/keys/x", "read"),
    ],
)
def test_each_change_needs_a_scope(method: str, path: str, scope: Scope) -> None:
    assert needed(method, path) == scope


@pytest.mark.parametrize(
    ("has", "wanted", "may"),
    [
        ({"chat"}, "chat", True),
        ({"chat"}, "read", True),
        ({"chat"}, "tools", False),
        ({"read"}, "chat", False),
        ({"admin"}, "tools", True),
        (set(), "read", False),
    ],
)
def test_whoever_may_anything_may_read_and_an_admin_may_all(has: set[Scope], wanted: Scope, may: bool) -> None:
    assert allows(has, wanted) is may


def test_a_refusal_names_the_scope_and_what_one_has() -> None:
    with pytest.raises(Forbidden, match="needs the scope `tools`; yours are: chat, read"):
        must_allow({"chat", "read"}, "tools")


def test_scopes_are_written_with_commas() -> None:
    assert scopes_of(" chat, tools ,") == {"chat", "tools"}
    assert scopes_of("admin,read,chat,tools") == ALL
    with pytest.raises(ValueError, match="no scope 'fly'"):
        scopes_of("fly")

"""What a caller may: read, chat, call tools, or everything."""

from collections.abc import Collection
from typing import Final, Literal, get_args

from neuroagent.app.errors import Forbidden

Scope = Literal["read", "chat", "tools", "admin"]
ALL: Final[frozenset[Scope]] = frozenset(get_args(Scope))
TOOLS: Final = ("/api/tasks", "/api/tools", "/api/circuits", "/api/sessions", "/mcp")
FREE: Final = ("/api/keys", "/api/sign-out")  # they look for themselves
LOOKING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def needed(method: str, path: str) -> Scope:
    """Whoever may anything may read."""
    if method in LOOKING or path.startswith(FREE):
        return "read"
    return "tools" if path.startswith(TOOLS) else "chat"


def allows(scopes: Collection[Scope], wanted: Scope) -> bool:
    return wanted in scopes or "admin" in scopes or (wanted == "read" and bool(scopes))


def must_allow(scopes: Collection[Scope], wanted: Scope) -> None:
    if not allows(scopes, wanted):
        may = ", ".join(sorted(scopes)) or "nothing"
        raise Forbidden(f"This needs the scope `{wanted}`; yours are: {may}.")


def scopes_of(written: str) -> frozenset[Scope]:
    """`chat,tools`, as people write it."""
    names = [name.strip() for name in written.split(",") if name.strip()]
    if unknown := [name for name in names if name not in ALL]:
        raise ValueError(f"there is no scope {unknown[0]!r}; there are: {', '.join(sorted(ALL))}")
    return frozenset(scope for scope in ALL if scope in names)

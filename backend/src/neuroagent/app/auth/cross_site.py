"""What another site makes a browser send is refused: its cookie comes along, its owner's wish doesn't."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from neuroagent.app.auth.scopes import LOOKING
from neuroagent.app.errors import Forbidden


def must_be_ours(connection: HTTPConnection, origins: frozenset[str]) -> None:
    """Reading is free: another site's page isn't shown the answer. A WebSocket would be, so it counts as a change."""
    if connection.scope["type"] == "http" and connection.scope["method"] in LOOKING:
        return
    origin = connection.headers.get("origin")
    if origin is not None:
        is_ours = origin.lower() in origins or urlsplit(origin).netloc.lower() == connection.headers.get("host", "")
    else:
        is_ours = connection.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    if not is_ours:
        raise Forbidden(f"A page of {(origin or 'another site')[:100]} asked for this; only our own page may.")

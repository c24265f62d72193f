"""The caller of a request, and of a WebSocket."""

from collections.abc import Mapping

import pytest
from starlette.requests import HTTPConnection

from neuroagent.app.auth.caller import shown_by
from neuroagent.app.auth.gate import Shown


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({"authorization": "Bearer abc"}, Shown(bearer="abc")),
        ({"authorization": "bearer abc"}, Shown(bearer="abc")),
        ({"authorization": "Basic abc"}, Shown()),
        ({"authorization": "Bearer "}, Shown()),
        ({"cookie": "neuroagent_session=xyz; other=1"}, Shown(session="xyz")),
        ({}, Shown()),
    ],
)
def test_what_a_request_shows(kind: str, headers: Mapping[str, str], shown: Shown) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]

    assert shown_by(HTTPConnection({"type": kind, "headers": raw})) == shown


@pytest.mark.parametrize(
    ("kind", "offered", "shown"),
    [
        ("websocket", "bearer, abc", Shown(bearer="abc")),
        ("websocket", "chat", Shown()),
        ("http", "bearer, abc", Shown()),
    ],
)
def test_a_page_s_websocket_offers_its_token_as_a_protocol(kind: str, offered: str, shown: Shown) -> None:
    raw = [(b"sec-websocket-protocol", offered.encode())]

    assert shown_by(HTTPConnection({"type": kind, "headers": raw})) == shown

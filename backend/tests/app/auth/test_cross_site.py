"""What another site makes a browser send is refused."""

import pytest
from starlette.requests import HTTPConnection

from neuroagent.app.auth.cross_site import must_be_ours
from neuroagent.app.errors import Forbidden


def asked(method: str = "POST", kind: str = "http", **headers: str) -> HTTPConnection:
    given = {"host": "app.example:8078"} | {name.replace("_", "-"): value for name, value in headers.items()}
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    return HTTPConnection({"type": kind, "method": method, "path": "/", "headers": raw, "query_string": b""})


@pytest.mark.parametrize(
    "ours",
    [
        asked(origin="http://app.example:8078"),
        asked(origin="http://APP.example:8078", sec_fetch_site="same-origin"),
        asked(origin="https://trusted.example"),
        asked(sec_fetch_site="same-origin"),
        asked(sec_fetch_site="none"),
        asked(),
        asked("GET", sec_fetch_site="cross-site", origin="https://evil.example"),
        asked(kind="websocket", origin="http://app.example:8078"),
    ],
)
def test_our_own_page_and_programs_may(ours: HTTPConnection) -> None:
    must_be_ours(ours, frozenset({"https://trusted.example"}))


@pytest.mark.parametrize(
    "theirs",
    [
        asked(origin="https://evil.example"),
        asked(origin="null"),
        asked(origin=""),
        asked(origin="http://app.example"),
        asked(origin="http://app.example:8078.evil.example"),
        asked("DELETE", sec_fetch_site="cross-site"),
        asked("PATCH", sec_fetch_site="same-site"),
        asked(kind="websocket", origin="https://evil.example"),
    ],
)
def test_another_site_s_may_not(theirs: HTTPConnection) -> None:
    with pytest.raises(Forbidden, match="only our own page may"):
        must_be_ours(theirs, frozenset())

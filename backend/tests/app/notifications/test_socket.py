"""Notifications on a real WebSocket and a real event stream, of a real process."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from processes import RedisServer, app
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

TOKEN = "token-of-a-browser"


@dataclass(frozen=True)
class Served:
    client: httpx.Client

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.client.base_url.port}/api/notifications"

    def chat(self, thread: str) -> None:
        message = {"role": "user", "parts": [{"type": "text", "text": "hello"}]}
        assert self.client.post("/api/chat", json={"id": thread, "messages": [message]}).is_success


@pytest.fixture
def served(redis: RedisServer, tmp_path: Path) -> Iterator[Served]:
    with app(redis, tmp_path, NEUROAGENT_AUTH__TOKEN=TOKEN) as client:
        yield Served(client)


def by_subprotocol(served: Served, after: str = "") -> ClientConnection:
    return connect(f"{served.url}{after}", subprotocols=[Subprotocol("bearer"), Subprotocol(TOKEN)])


def heard(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=30)))


def test_what_happened_while_away_comes_first_and_then_what_comes(served: Served) -> None:
    served.chat("away")

    with (
        by_subprotocol(served) as socket,
        connect(served.url, additional_headers={"authorization": f"Bearer {TOKEN}"}) as other_tab,
    ):
        assert socket.subprotocol == "bearer"
        missed = heard(socket)
        assert (missed["type"], missed["thread"], missed["data"]["state"]) == ("run_finished", "away", "done")
        served.chat("here")
        assert heard(socket)["thread"] == "here"
        assert any(heard(other_tab)["thread"] == "here" for _ in range(2)), "it may have heard of the first one too"
        served.chat("last")
        assert heard(socket)["thread"] == "last"

    with by_subprotocol(served, f"?after={missed['id']}") as socket:
        assert [heard(socket)["thread"], heard(socket)["thread"]] == ["here", "last"]


@pytest.mark.parametrize(
    ("subprotocols", "query", "status"),
    [
        ([], "", 401),
        (["bearer"], "", 401),
        (["bearer", "another-token"], "", 401),
        (["bearer", TOKEN, "more"], "", 401),
        (["bearer", TOKEN], "?after=x", 422),
        (["bearer", TOKEN], "?after=99999999999999999999999", 422),
    ],
)
def test_a_stranger_is_turned_away(subprotocols: list[str], query: str, status: int, served: Served) -> None:
    offered = [Subprotocol(one) for one in subprotocols] or None

    with pytest.raises(InvalidStatus) as refused, connect(f"{served.url}{query}", subprotocols=offered):
        pass

    assert refused.value.response.status_code == status


def test_an_event_stream_goes_on_where_a_reader_was(served: Served) -> None:
    for thread in ("a", "b"):
        served.chat(thread)
    [_, first] = served.client.get("/api/notifications").json()["notifications"]

    with served.client.stream("GET", "/api/notifications/stream", headers={"last-event-id": str(first["id"])}) as told:
        lines = told.iter_lines()
        event = next(line for line in lines if line.startswith("event: "))
        data = json.loads(next(line for line in lines if line.startswith("data: ")).removeprefix("data: "))

    assert (event, data["thread"]) == ("event: run_finished", "b")

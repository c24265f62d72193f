"""The provider of circuits, in its moods."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from processes import free_port
from pydantic import SecretStr

from neuroagent.app.circuits.entitycore import EntityCore, EntityCoreSettings
from neuroagent.app.errors import NotFound, Unavailable

SIGNED = "https://store.example/circuit.gz?signature=abc"
ASSETS = {"assets": [{"id": "p", "path": "preview.png", "size": 1}, {"id": "a", "path": "files/circuit.gz"}]}


@dataclass
class Provider:
    """Answers by path; every header it heard is kept."""

    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    heard: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def provider() -> Iterator[Provider]:
    given = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.heard.append({name.lower(): value for name, value in self.headers.items()})
            status, location, body = given.pages.get(self.path, (404, "", b"{}"))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    given.url = f"http://127.0.0.1:{server.server_port}/api"
    try:
        yield given
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as given:
        given.pages["/api/circuit/c1"] = (200, "", json.dumps(ASSETS).encode())
        given.pages["/api/circuit/c1/assets/a/download"] = (307, SIGNED, b"")
        yield given


def core(there: Provider) -> EntityCore:
    return EntityCore(EntityCoreSettings(url=there.url, token=SecretStr("t0ken"), virtual_lab="v"))


async def test_a_circuit_s_archive_is_where_the_provider_leads_on_to(there: Provider) -> None:
    link = await core(there).link("c1")

    assert (link.url, link.name) == (SIGNED, "circuit.gz")
    for heard in there.heard:
        assert (heard["authorization"], heard["virtual-lab-id"]) == ("Bearer t0ken", "v")
        assert "project-id" not in heard


async def test_an_unknown_circuit_is_said(there: Provider) -> None:
    with pytest.raises(NotFound, match="no circuit 'c2'"):
        await core(there).link("c2")


@pytest.mark.parametrize(
    ("path", "page", "error", "said"),
    [
        ("", (403, "", b""), NotFound, "doesn't show"),
        ("", (500, "", b""), Unavailable, "status 500"),
        ("", (200, "", b"<html>"), Unavailable, "something else than a circuit"),
        ("", (200, "", b'{"assets": [{"id": 1}]}'), Unavailable, "something else"),
        ("", (200, "", b'{"assets": []}'), NotFound, "has no circuit.gz"),
        ("/assets/a/download", (200, "", b"the bytes themselves"), Unavailable, "gave no link"),
        ("/assets/a/download", (307, "", b""), Unavailable, "gave no link"),
    ],
)
async def test_what_is_not_as_it_should_be_is_said(
    path: str, page: tuple[int, str, bytes], error: type[Exception], said: str, there: Provider
) -> None:
    there.pages[f"/api/circuit/c1{path}"] = page

    with pytest.raises(error, match=said):
        await core(there).link("c1")


async def test_a_provider_that_is_away_is_said() -> None:
    away = EntityCore(EntityCoreSettings(url=f"http://127.0.0.1:{free_port()}"))

    with pytest.raises(Unavailable, match="can't be reached"):
        await away.link("c1")

"""A small web server that serves one file in many moods, for the tests of downloads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What it answers; tests change it as they go."""

    body: bytes = b"content"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    asked: list[str] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)
    port: int = 0

    def url(self, path: str = "/circuit.gz") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def site() -> Iterator[Site]:
    given = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.asked.append(self.path)
            self.send_response(403 if self.path in given.expired else given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body) if given.announced is None else given.announced))
            self.end_headers()
            try:
                self.wfile.write(given.body)
            except ConnectionError:
                return

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    given.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield given
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The demo circuit: registered once, never in the way."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout, planned
from processes import until

from neuroagent.launcher.demo import Demo, NotRegistered, register
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.plan import Plan

MAKER = "import sys; open(sys.argv[-1], 'wb').write(b'an archive')"
FAILING = "raise SystemExit(3)"
SLOW = "import time; time.sleep(600)"


@dataclass
class Door:
    """An app that takes circuits."""

    status: int = 201
    said: bytes = b'{"id": "c1"}'
    took: list[tuple[str, str | None, bytes]] = field(default_factory=list)
    port: int = 0


@contextmanager
def door() -> Iterator[Door]:
    given = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            given.took.append((self.path, self.headers["Authorization"], body))
            self.send_response(given.status)
            self.end_headers()
            self.wfile.write(given.said)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    given.port = server.server_port
    try:
        yield given
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def app() -> Iterator[Door]:
    with door() as given:
        yield given


def plan_with(tmp_path: Path, app: Door, maker: str, *only: str) -> Plan:
    """Its workers' Python runs that code, whatever it is told."""
    made = checkout(tmp_path / "checkout", tasks="")
    python = Environment(made, "tasks").python
    python.parent.mkdir(parents=True)
    code = tmp_path / "maker.py"
    code.write_text(maker)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{code}" "$@"\n')
    python.chmod(0o755)
    plan = replace(planned(tmp_path, *only, NEUROAGENT_AUTH__TOKEN="the token"), checkout=made, port=app.port)
    plan.data.mkdir()
    return plan


def tended(demo: Demo) -> Demo:
    def is_over() -> bool:
        demo.tend()
        return demo.is_over

    until(is_over, "the demo is over")
    return demo


def test_it_is_registered_and_how_to_ask_it_is_said(tmp_path: Path, app: Door, output: Output) -> None:
    plan = plan_with(tmp_path, app, MAKER)

    demo = tended(Demo(plan, output.log))

    assert app.took == [("/api/circuits/upload?name=demo%20circuit", "Bearer the token", b"an archive")]
    assert "/api/circuits/c1/questions" in output.wait_for("A demo circuit is there")
    assert demo.mark.read_text() == "c1\n"
    assert not demo.archive.exists()


def test_who_has_had_it_doesn_t_get_it_again(tmp_path: Path, app: Door, output: Output) -> None:
    plan = plan_with(tmp_path, app, MAKER)

    tended(Demo(plan, output.log))
    tended(Demo(plan, output.log))

    assert len(app.took) == 1


@pytest.mark.parametrize("only", ["app", "tasks"])
def test_half_a_system_gets_none(only: str, tmp_path: Path, app: Door, output: Output) -> None:
    demo = tended(Demo(plan_with(tmp_path, app, MAKER, only), output.log))

    assert demo.maker is None
    assert not demo.mark.exists()


def test_a_generator_that_fails_is_said_and_tried_next_time(tmp_path: Path, app: Door, output: Output) -> None:
    demo = tended(Demo(plan_with(tmp_path, app, FAILING), output.log))

    output.wait_for("its generator ended with status 3; the next ./dev up tries again.")
    assert not demo.mark.exists()


@pytest.mark.parametrize(("status", "said"), [(503, b"{}"), (201, b"<html>"), (201, b"[]")])
def test_an_app_that_doesn_t_take_it_is_said(status: int, said: bytes, tmp_path: Path, app: Door) -> None:
    app.status, app.said = status, said
    archive = tmp_path / "archive.gz"
    archive.write_bytes(b"x")

    with pytest.raises(NotRegistered):
        register(plan_with(tmp_path, app, MAKER), archive)


def test_who_stops_doesn_t_wait_for_it(tmp_path: Path, app: Door, output: Output) -> None:
    demo = Demo(plan_with(tmp_path, app, SLOW), output.log)
    demo.tend()
    assert demo.maker is not None

    demo.end()

    assert demo.maker.poll() is not None

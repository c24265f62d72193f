import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from launcher.stand_ins import planned

from neuroagent.launcher import readiness
from neuroagent.launcher.plan import Plan

NOT_READY = (
    '{"ready": false, "database": "ok", "redis": "unreachable", "queues": {"a_q": "no live worker", "b_q": "ok"}}'
)


@contextmanager
def answering(plan: Plan, answers: dict[str, tuple[int, str]]) -> Iterator[None]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[self.path]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", plan.port), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield
        server.shutdown()
        thread.join()


def test_a_silent_app_is_not_ready(tmp_path: Path) -> None:
    assert readiness.ask(planned(tmp_path)).missing == "the app does not answer yet"


def test_an_app_that_says_so_is_ready(tmp_path: Path) -> None:
    made = planned(tmp_path)
    with answering(made, {"/readyz": (200, '{"ready": true}')}):
        assert readiness.ask(made).missing is None


def test_only_what_is_not_well_is_named(tmp_path: Path) -> None:
    made = planned(tmp_path)
    with answering(made, {"/readyz": (503, NOT_READY)}):
        state = readiness.ask(made)

    assert state.missing == "redis: unreachable, a_q: no live worker"
    assert state.answer == NOT_READY


def test_an_app_alone_is_ready_when_it_lives(tmp_path: Path) -> None:
    made = planned(tmp_path, "app")
    with answering(made, {"/healthz": (200, ""), "/readyz": (503, NOT_READY)}):
        assert readiness.ask(made).missing is None


def test_workers_alone_have_nothing_to_ask(tmp_path: Path) -> None:
    assert readiness.ask(planned(tmp_path, "tasks", "redis")).missing is None


def test_an_error_without_words_is_told_by_its_status(tmp_path: Path) -> None:
    made = planned(tmp_path)
    with answering(made, {"/readyz": (500, "")}):
        assert readiness.ask(made).missing == "the app answers with status 500"


@pytest.mark.parametrize(
    ("body", "words"), [("<h1>Bad\n Gateway</h1>", "<h1>Bad Gateway</h1>"), ("x" * 500, "x" * 199 + "…")]
)
def test_any_body_becomes_one_short_line(body: str, words: str) -> None:
    assert readiness.in_words(body) == words

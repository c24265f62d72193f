"""A small server that speaks the OpenAI protocol's chat completions, as far as a worker uses them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class OpenAiServer:
    """It gives the prepared replies one after the other, and remembers what it was asked."""

    url: str = ""
    replies: list[dict[str, Any] | str] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    knows_schemas: bool = True
    misspoken: dict[str, Any] | None = None  # said in place of any answer
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(body)
        if self.status != 200:
            return self.status, {"error": {"message": "no, with a reason"}}
        if "response_format" in body and not self.knows_schemas:
            return 400, {"error": {"message": "response_format is not supported"}}
        if self.misspoken is not None:
            return 200, self.misspoken
        reply = self.replies.pop(0)
        content = reply if isinstance(reply, str) else json.dumps(reply)
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 64}}
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
        return 200, {
            "id": "c-1",
            "object": "chat.completion",
            "model": body["model"],
            "choices": [choice],
            "usage": usage,
        }


@contextmanager
def openai_server() -> Iterator[OpenAiServer]:
    there = OpenAiServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            there.tokens.append(self.headers.get("Authorization", ""))
            status, answer = there.answer(body) if self.path == "/v1/chat/completions" else (404, {})
            said = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in there.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    there.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A small server that speaks the OpenAI protocol's chat completions, whole or streamed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class ToolCall:
    """A reply that calls a tool."""

    name: str
    arguments: dict[str, Any]

    @property
    def message(self) -> dict[str, Any]:
        function = {"name": self.name, "arguments": json.dumps(self.arguments)}
        call = {"id": "call-1", "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}


@dataclass
class OpenAiServer:
    """It gives the prepared replies one after the other, and remembers what it was asked."""

    url: str = ""
    replies: list[dict[str, Any] | str | ToolCall] = field(default_factory=list)
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
        content = reply if isinstance(reply, str) else json.dumps(reply) if isinstance(reply, dict) else ""
        message = reply.message if isinstance(reply, ToolCall) else {"role": "assistant", "content": content}
        usage: dict[str, Any] = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        usage |= {"prompt_tokens_details": {"cached_tokens": 64}}
        choice = {"index": 0, "finish_reason": "tool_calls" if isinstance(reply, ToolCall) else "stop"}
        return 200, {
            "id": "c-1",
            "object": "chat.completion",
            "model": body["model"],
            "created": 1,
            "choices": [choice | {"message": message}],
            "usage": usage,
        }


def streamed(answer: dict[str, Any]) -> bytes:
    """The same answer, in two pieces and an end."""
    [choice] = answer["choices"]
    calls = [{"index": place, **call} for place, call in enumerate(choice["message"].get("tool_calls") or ())]
    deltas: list[dict[str, Any]] = [choice["message"] | ({"tool_calls": calls} if calls else {}), {}]
    whole = {name: answer[name] for name in ("id", "model", "created")} | {"object": "chat.completion.chunk"}
    ends = (None, choice["finish_reason"])
    choices = [{"index": 0, "delta": delta, "finish_reason": end} for delta, end in zip(deltas, ends, strict=True)]
    chunks = [*({**whole, "choices": [one]} for one in choices), {**whole, "choices": [], "usage": answer["usage"]}]
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode() + b"data: [DONE]\n\n"


@contextmanager
def openai_server() -> Iterator[OpenAiServer]:
    there = OpenAiServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            there.tokens.append(self.headers.get("Authorization", ""))
            status, answer = there.answer(body) if self.path == "/v1/chat/completions" else (404, {})
            is_streamed = status == 200 and body.get("stream") and "choices" in answer
            said = streamed(answer) if is_streamed else json.dumps(answer).encode()
            self.send_response(status)
            if is_streamed:
                self.send_header("Content-Type", "text/event-stream")
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

"""/api/models, and the model of a thread."""

from pathlib import Path

import httpx
from app.conftest import serving
from processes import RedisServer

FAST = {"base_url": "http://127.0.0.1:9/v1", "model": "small", "api_key": "the key of fast"}
HELLO = {"role": "user", "parts": [{"type": "text", "text": "hello"}]}


async def test_the_built_in_model_is_the_default_one(client: httpx.AsyncClient) -> None:
    [model] = (await client.get("/api/models")).json()["models"]

    assert model == {"id": "default", "model": "built-in", "is_default": True, "built_in": True, "fallback": []}


async def test_a_thread_chooses_and_its_fallback_answers(redis: RedisServer, tmp_path: Path) -> None:
    llm = {"models": {"fast": FAST}, "fallback": "default", "retries": 0}
    async with serving(redis.port, redis.password, tmp_path, llm=llm) as client:
        listed = await client.get("/api/models")
        thread = (await client.post("/api/threads", json={})).json()["id"]
        chosen = await client.patch(f"/api/threads/{thread}", json={"model": "fast"})
        unknown = await client.patch(f"/api/threads/{thread}", json={"model": "big"})
        await client.post("/api/chat", json={"id": thread, "messages": [HELLO]})
        messages = (await client.get(f"/api/threads/{thread}/messages")).json()["messages"]
        cleared = await client.patch(f"/api/threads/{thread}", json={"model": None})

    assert [(one["id"], one["fallback"]) for one in listed.json()["models"]] == [
        ("default", []),
        ("fast", ["built-in"]),
    ]
    assert "the key" not in listed.text
    assert "127.0.0.1" not in listed.text
    assert chosen.json()["model"] == "fast"
    assert unknown.status_code == 422
    assert "There is no model 'big'; there are default, fast." in unknown.json()["error"]["message"]
    assert messages[-1]["model"] == "built-in", "the one that answered"
    assert cleared.json()["model"] is None

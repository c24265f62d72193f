"""Hostile words, in messages and in what is asked of them, are words."""

import json
from typing import Any
from urllib.parse import quote

import httpx
from app.chat.tellings import message, ran, tell
from app.chat.test_endpoints import told

from neuroagent.app.chat.ask import Asking, Question
from neuroagent.app.chat.search.hits import Search
from neuroagent.app.chat.threads import Threads
from neuroagent.app.db.words import Wanted

QUERIES = [
    "'", '"', '"""', "'; DROP TABLE messages; --", "a AND", "NOT", "OR OR", "NEAR(a b, 5)", "text:axon", "words : axon",
    "^axon", "axon*", "(", ")", "((((", "a - b", "--", "-", "{a b}", "a + b", "\\", "%", "_", "*", "?", ":*", "a & b",
    "a | !b", "a <-> b", "<2>", "\0", "axon\0", "axon\ud800", "\u202e", "🧠", "\U0001d51e\U0001d535", "\x01\x02",
    "é" * 900, "((" * 400, '"' * 999, "a b " * 8, "-a " * 16, "a or " * 16, "NULL", "1 OR 1=1",
]  # fmt: skip
ODD: list[Any] = [[], {}, None, 3, "x", [{"type": "text"}], {"figures": 3, "value": [], "error": "x", "files": None}]
TEXTS = ["\0", "a\0b", "\ud800", "\udfff\ud800", "x" * 150_000, "é " * 90_000, "'; --", "```\n# x\n```", "</details>"]


async def test_no_query_is_an_error_nor_finds_what_isn_t_there(threads: Threads) -> None:
    await tell(threads, message("nothing of the kind"))
    search = Search(threads.ledger.database)

    found = {query: await search.hits("ada", Wanted.read(query), None, 9) for query in QUERIES}

    assert [query for query, hits in found.items() if hits] == []


async def test_over_http_neither(client: httpx.AsyncClient) -> None:
    asked = [quote(query.encode("utf-8", "surrogatepass")) for query in (*QUERIES, "x" * 10_000, "a " * 5_000)]

    statuses = {query[:80]: (await client.get(f"/api/threads/search?q={query}")).status_code for query in asked}

    assert {query: status for query, status in statuses.items() if status not in {200, 422}} == {}
    assert 200 in statuses.values()


async def test_no_text_keeps_a_message_from_being_kept(threads: Threads) -> None:
    for number, text in enumerate(TEXTS):
        await tell(threads, message(f"axon {text}", f"u{number}"))

    hits = await Search(threads.ledger.database).hits("ada", Wanted.read("axon"), None, 99)

    assert len(hits) == len(TEXTS)


async def test_no_answer_of_a_tool_does(threads: Threads) -> None:
    for number, odd in enumerate(ODD):
        parts = ran("axon")
        parts[1]["output"] = odd
        await tell(threads, message(parts, f"u{number}"))

    assert len(await Search(threads.ledger.database).hits("ada", Wanted.read("axon"), None, 99)) == len(ODD)


async def test_what_was_said_is_read_exported_shared_and_found(client: httpx.AsyncClient) -> None:
    for text in TEXTS:
        body = {"id": "t1", "messages": [{"role": "user", "parts": [{"type": "text", "text": f"axon {text}"}]}]}
        asked = await client.post("/api/chat", content=json.dumps(body), headers={"content-type": "application/json"})
        assert asked.status_code == 200, text[:99]

    assert len((await client.get("/api/threads/search?q=axon")).json()["hits"]) >= len(TEXTS)
    for path in ("", "/messages", "/export", "/export?format=json", "/export?format=notebook"):
        assert (await client.get(f"/api/threads/t1{path}")).status_code == 200, path
    share = (await client.post("/api/threads/t1/share")).json()
    assert (await client.get(share["path"])).status_code == 200


async def test_no_title_breaks_out_of_its_header(client: httpx.AsyncClient) -> None:
    for title in ('a"\r\nX-Evil: 1', "../../x", "<script>", "\u202egpj", "a;filename=b", "é" * 150):
        thread = (await client.post("/api/threads", json={"title": title})).json()["id"]

        answer = await client.get(f"/api/threads/{thread}/export")

        assert answer.status_code == 200
        assert "x-evil" not in answer.headers
        assert not {"/", "\\", "\r", "\n", "<"} & set(answer.headers["content-disposition"])


async def test_no_token_is_guessed_and_odd_ids_are_a_404(client: httpx.AsyncClient) -> None:
    await told(client, "hi")

    for odd in ("x" * 9_000, "%00", "%F0%28", "..%2f..%2ftoken", "' or 1=1"):
        assert (await client.get(f"/api/shared/{odd}")).status_code == 404
        for path in (f"t1/files/{odd}x", f"t1/shares/{odd}x"):
            assert (await client.delete(f"/api/threads/{path}")).status_code == 404, path
        for path in (f"{odd}x/files", f"{odd}x/export", f"{odd}x/shares"):
            assert (await client.get(f"/api/threads/{path}")).status_code == 404, path


async def test_titles_with_zeros_are_refused(client: httpx.AsyncClient) -> None:
    thread = (await client.post("/api/threads", json={"title": "x"})).json()["id"]

    assert (await client.post("/api/threads", json={"title": "a\0"})).status_code == 422
    assert (await client.patch(f"/api/threads/{thread}", json={"title": "a\0"})).status_code == 422


async def test_half_a_character_of_a_tool_is_told_as_a_question_mark(threads: Threads) -> None:
    parts = ran("axon")
    parts[1]["output"] = {"value": "\ud800", "\udc00": ["é"]}

    await tell(threads, message(parts))

    [kept] = await threads.messages("t1")
    assert kept.parts[1]["output"] == {"value": "?", "?": ["é"]}  # type: ignore[index,call-overload]  # as made above


async def test_a_question_of_zeros_gets_a_title(threads: Threads) -> None:
    thread = await threads.made("ada", "t1")

    await Asking(threads).ask(thread, Question("a\0b \u202ec"))

    assert (await threads.mine("t1", "ada")).title == "ab c"

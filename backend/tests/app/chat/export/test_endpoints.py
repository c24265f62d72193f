"""/api/threads/{id}/export over HTTP."""

import json

import httpx
import nbformat
import pytest
from app.chat.test_endpoints import told


@pytest.mark.parametrize(("wished", "ending"), [("markdown", "md"), ("json", "json"), ("notebook", "ipynb")])
async def test_it_is_a_download_under_the_thread_s_name(wished: str, ending: str, client: httpx.AsyncClient) -> None:
    await told(client, "Zellen & Schichten?")

    answer = await client.get(f"/api/threads/t1/export?format={wished}")

    assert answer.status_code == 200
    said = answer.headers["content-disposition"]
    assert said.startswith('attachment; filename="Zellen _ Schichten_.')
    assert said.endswith(f".{ending}")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert "Zellen & Schichten?" in answer.text


async def test_the_json_has_both_branches_and_the_others_the_open_one(client: httpx.AsyncClient) -> None:
    await told(client, "the first wording")
    [question, _] = (await client.get("/api/threads/t1/messages")).json()["messages"]
    await told(client, "the second wording", messageId=question["id"])

    document = json.loads((await client.get("/api/threads/t1/export?format=json")).text)
    notebook = (await client.get("/api/threads/t1/export?format=notebook")).json()
    read = (await client.get("/api/threads/t1/export")).text

    assert len(document["messages"]) == 4
    nbformat.validate(notebook)
    words = read.partition("\n")[2]
    assert "the second wording" in words
    assert "the first wording" not in words


async def test_an_empty_thread_has_an_export_too(client: httpx.AsyncClient) -> None:
    await client.post("/api/threads", json={"title": "Empty"})
    [thread] = (await client.get("/api/threads")).json()["threads"]

    assert (await client.get(f"/api/threads/{thread['id']}/export")).text == "# Empty\n"


async def test_another_format_there_is_none(client: httpx.AsyncClient) -> None:
    await told(client, "hi")

    assert (await client.get("/api/threads/t1/export?format=pdf")).status_code == 422

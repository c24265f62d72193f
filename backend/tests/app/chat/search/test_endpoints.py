"""/api/threads/search over HTTP."""

import httpx
import pytest
from app.chat.test_endpoints import told


async def test_question_and_answer_are_found_as_soon_as_they_are_there(client: httpx.AsyncClient) -> None:
    chunks = await told(client, "Where are the Purkinje cells")

    hits = (await client.get("/api/threads/search", params={"q": "purkinje"})).json()["hits"]
    [answer] = (await client.get("/api/threads/search", params={"q": '"built-in model"'})).json()["hits"]

    [question] = hits
    assert (question["thread"], question["title"], question["role"]) == ("t1", "Where are the Purkinje cells", "user")
    assert [piece["text"] for piece in question["snippet"] if piece["marked"]] == ["Purkinje"]
    assert answer["message"] == chunks[0]["messageId"]


async def test_a_hit_in_another_branch_can_be_opened(client: httpx.AsyncClient) -> None:
    await told(client, "first axon")
    first = (await client.get("/api/threads/search", params={"q": "axon"})).json()["hits"][0]["message"]
    await told(client, "second thoughts", messageId=first)

    [hit] = (await client.get("/api/threads/search", params={"q": "axon"})).json()["hits"]
    await client.patch(f"/api/threads/{hit['thread']}", json={"head": hit["message"]})

    assert (await client.get("/api/threads/t1/messages")).json()["branch"] == [hit["message"]]


async def test_page_by_page(client: httpx.AsyncClient) -> None:
    for _ in range(3):
        await told(client, "axon")

    first = (await client.get("/api/threads/search?q=axon&limit=2")).json()
    second = (await client.get(f"/api/threads/search?q=axon&limit=2&before={first['next']}")).json()

    assert len({hit["message"] for hit in first["hits"] + second["hits"]}) == 3
    assert second["next"] is None


@pytest.mark.parametrize("query", ["q=axon&before=0", "q=axon&before=99999999999", "q=axon&limit=0", ""])
async def test_odd_requests_are_refused(query: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/api/threads/search?{query}")).status_code == 422

"""All that threads can do is in place, and nothing hides behind another's path."""

import httpx


async def test_each_path_leads_where_it_says(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]

    for path, methods in {
        "/api/threads/search": {"get"},
        "/api/threads/{thread_id}": {"get", "patch", "delete"},
        "/api/threads/{thread_id}/export": {"get"},
        "/api/threads/{thread_id}/files": {"get", "post"},
        "/api/threads/{thread_id}/files/{file_id}": {"get", "delete"},
        "/api/threads/{thread_id}/share": {"post"},
        "/api/threads/{thread_id}/shares": {"get"},
        "/api/threads/{thread_id}/shares/{share_id}": {"delete"},
        "/api/shared/{token}": {"get"},
    }.items():
        assert set(paths[path]) == methods, path


async def test_no_thread_is_called_like_the_search(client: httpx.AsyncClient) -> None:
    message = {"role": "user", "parts": [{"type": "text", "text": "hi"}]}

    assert (await client.post("/api/chat", json={"id": "search", "messages": [message]})).status_code == 422
    assert (await client.get("/api/threads/search?q=x")).json() == {"hits": [], "next": None}

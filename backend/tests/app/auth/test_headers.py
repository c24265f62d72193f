"""Headers of every answer, and of none that has its own."""

import httpx

from neuroagent.app.auth.headers import CONTENT


async def test_every_answer_says_what_a_browser_may_do_with_it(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/api/threads", "/api/threads/nowhere", "/nowhere"):
        headers = (await client.get(path)).headers
        assert headers["content-security-policy"] == CONTENT, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self';" in CONTENT


async def test_a_download_keeps_its_stricter_ones(client: httpx.AsyncClient) -> None:
    answer = await client.get("/files/tasks/x/y")

    assert "x-content-type-options" in answer.headers


async def test_the_interface_s_page_may_fetch_its_script(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/docs")).headers

    assert "script-src" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_what_is_a_person_s_own_is_kept_by_no_cache_on_the_way(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/threads")).headers["cache-control"] == "no-store"

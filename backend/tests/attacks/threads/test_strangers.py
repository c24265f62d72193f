"""Another's thread isn't there: not its messages, its files, its links, nor its bytes for a script."""

import httpx
from app.chat.test_endpoints import told
from attacks.threads.conftest import Hers

ROUTES = [
    ("GET", "export"),
    ("GET", "export?format=json"),
    ("GET", "files"),
    ("POST", "files"),
    ("GET", "files/{file}"),
    ("DELETE", "files/{file}"),
    ("POST", "share"),
    ("GET", "shares"),
    ("DELETE", "shares/{share}"),
]


async def test_another_s_thread_is_a_404(client: httpx.AsyncClient, hers: Hers) -> None:
    for method, path in ROUTES:
        path_here = path.format(file=hers.file.id, share=hers.share)

        answer = await client.request(method, f"/api/threads/{hers.thread}/{path_here}")

        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found"), (method, path)


async def test_another_s_ids_in_a_thread_of_one_s_own_are_a_404(client: httpx.AsyncClient, hers: Hers) -> None:
    await told(client, "hi")

    for path in (f"files/{hers.file.id}", f"shares/{hers.share}"):
        assert (await client.delete(f"/api/threads/t1/{path}")).status_code == 404, path
    assert (await client.get(f"/api/threads/t1/files/{hers.file.id}")).status_code == 404


async def test_another_s_words_are_not_found(client: httpx.AsyncClient, hers: Hers) -> None:
    assert (await client.get("/api/threads/search?q=axon")).json()["hits"] == []


async def test_another_s_file_is_not_read_to_a_script(client: httpx.AsyncClient, hers: Hers) -> None:
    for name in ("a.csv", "mine.csv"):
        file = hers.file.stored.model_dump() | {"name": name}
        job = {"name": "run_python_tool", "input": {"python_script": "1", "files": [file]}}

        assert (await client.post("/api/tasks", json=job)).status_code == 404


async def test_nor_does_a_script_in_her_thread_find_it(client: httpx.AsyncClient, hers: Hers) -> None:
    call = {"arguments": {"python_script": "1"}, "thread": hers.thread}

    answer = await client.post("/api/tools/run_python/run?wait=0", json=call)
    task = (await client.get(f"/api/tasks/{answer.json()['id']}?wait=0")).json()

    assert "a.csv" not in str(task)


async def test_without_a_caller_only_a_link_shows_anything(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")

    for path in ("", "/search?q=x", "/t1/export", "/t1/files", "/t1/shares"):
        assert (await client.get(f"/api/threads{path}")).status_code == 401, path
    assert (await client.get("/api/shared/x")).status_code == 404

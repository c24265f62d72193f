"""/api/circuits, without a worker: what is registered, what is refused and with which words."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

CSV = b"name,age\nAnn,3\n"
LINK = {"name": "far away", "source": {"kind": "link", "url": "https://data.example.org/circuit.gz"}}


async def uploaded(client: httpx.AsyncClient, name: str = "people.csv", content: bytes = CSV) -> dict[str, Any]:
    answer = await client.post("/api/circuits/upload", params={"name": name}, content=content)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "files" / "objects").rglob("*") if path.is_file()]


async def test_an_upload_is_kept_and_a_task_describes_it(client: httpx.AsyncClient, tmp_path: Path) -> None:
    made = await uploaded(client)

    assert (made["name"], made["source"], made["bytes"], made["state"]) == ("people.csv", "upload", 15, "describing")
    assert [file.read_bytes() for file in files(tmp_path)] == [CSV]
    task = (await client.get(f"/api/tasks/{made['task_id']}?wait=0")).json()
    assert (task["name"], task["state"]) == ("describe_circuit", "queued")


async def test_an_upload_may_come_in_pieces_of_unknown_number(client: httpx.AsyncClient, tmp_path: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 1_000

    answer = await client.post("/api/circuits/upload?name=c.gz", content=pieces())

    assert answer.json()["bytes"] == 10_000
    assert [file.stat().st_size for file in files(tmp_path)] == [10_000]


@pytest.mark.parametrize("announced", [True, False])
async def test_an_upload_beyond_the_limit_leaves_nothing(
    announced: bool, small_client: httpx.AsyncClient, tmp_path: Path
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 900

    content = b"x" * 2_700 if announced else pieces()
    answer = await small_client.post("/api/circuits/upload?name=c.gz", content=content)

    assert answer.status_code == 413
    assert "larger than the 1000 bytes" in answer.json()["error"]["message"]
    assert files(tmp_path) == []
    assert (await small_client.get("/api/circuits")).json() == {"circuits": []}


async def test_an_empty_upload_is_refused(client: httpx.AsyncClient, tmp_path: Path) -> None:
    answer = await client.post("/api/circuits/upload?name=c.gz", content=b"")

    assert answer.status_code == 400
    assert "nothing in the upload" in answer.json()["error"]["message"]
    assert files(tmp_path) == []


async def test_one_person_may_have_so_many(small_client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await uploaded(small_client)

    answer = await small_client.post("/api/circuits", json=LINK)

    assert answer.status_code == 409
    assert "2 circuits already" in answer.json()["error"]["message"]


async def test_circuits_are_listed_newest_first(client: httpx.AsyncClient) -> None:
    await uploaded(client, "first")
    assert (await client.post("/api/circuits", json=LINK)).status_code == 201

    listed = (await client.get("/api/circuits")).json()["circuits"]

    assert [(each["name"], each["source"]) for each in listed] == [("far away", "link"), ("first", "upload")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "x"},
        {"name": " ", "source": LINK["source"]},
        {"name": "a\nb", "source": LINK["source"]},
        {"name": "x", "source": {"kind": "link", "url": "file:///etc/passwd"}},
        {"name": "x", "source": {"kind": "link", "url": "https://a b"}},
        {"name": "x", "source": {"kind": "upload"}},
        {"name": "x", "source": {"kind": "entitycore", "id": "../secret"}},
        {"name": "x", "source": LINK["source"], "format": "exe"},
    ],
)
async def test_an_odd_registration_is_refused(wrong: dict[str, Any], client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/circuits", json=wrong)).status_code == 422


async def test_without_a_provider_none_can_be_asked(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/circuits", json={"name": "x", "source": {"kind": "entitycore", "id": "1"}})

    assert answer.status_code == 422
    assert "NEUROAGENT_ENTITYCORE__URL" in answer.json()["error"]["message"]


async def test_a_question_becomes_a_task(client: httpx.AsyncClient) -> None:
    made = await uploaded(client)

    asked = await client.post(f"/api/circuits/{made['id']}/questions", json={"question": "How many?"})

    assert asked.status_code == 202
    task = (await client.get(f"/api/tasks/{asked.json()['id']}?wait=0")).json()
    assert task["name"] == "talk_to_df"


async def test_it_can_be_looked_at_once_more(client: httpx.AsyncClient) -> None:
    made = await uploaded(client)

    again = (await client.post(f"/api/circuits/{made['id']}/describe")).json()

    assert again["id"] != made["task_id"]
    assert (await client.get(f"/api/circuits/{made['id']}")).json()["task_id"] == again["id"]


async def test_what_is_deleted_is_gone_with_its_bytes(client: httpx.AsyncClient, tmp_path: Path) -> None:
    made = await uploaded(client)

    assert (await client.delete(f"/api/circuits/{made['id']}")).status_code == 204

    assert files(tmp_path) == []
    assert (await client.get(f"/api/circuits/{made['id']}")).status_code == 404
    assert (await client.get(f"/api/tasks/{made['task_id']}?wait=0")).json()["state"] == "cancelled"


@pytest.mark.parametrize("odd", ["unknown", "%00", "..%2F..%2Fsecret_key", "x" * 5_000])
async def test_an_unknown_circuit_is_a_404(odd: str, client: httpx.AsyncClient) -> None:
    asking = {"question": "How many?"}

    assert (await client.get(f"/api/circuits/{odd}")).status_code == 404
    assert (await client.delete(f"/api/circuits/{odd}")).status_code == 404
    assert (await client.post(f"/api/circuits/{odd}/describe")).status_code == 404
    assert (await client.post(f"/api/circuits/{odd}/questions", json=asking)).status_code == 404


async def test_nobody_gets_in_without_a_token(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    for method, path in (
        ("POST", "/api/circuits/upload?name=x"),
        ("POST", "/api/circuits"),
        ("GET", "/api/circuits"),
        ("GET", "/api/circuits/1"),
        ("DELETE", "/api/circuits/1"),
        ("POST", "/api/circuits/1/describe"),
        ("POST", "/api/circuits/1/questions"),
    ):
        assert (await client.request(method, path, json={})).status_code == 401, path


async def test_a_question_is_no_place_for_a_file(client: httpx.AsyncClient) -> None:
    made = await uploaded(client)

    asked = await client.post(f"/api/circuits/{made['id']}/questions", content=b"x" * 2_000_000)

    assert asked.status_code == 413


async def test_without_redis_an_upload_stands_and_is_described_later(
    client_without_redis: httpx.AsyncClient, tmp_path: Path
) -> None:
    made = await uploaded(client_without_redis)

    assert (made["state"], made["task_id"]) == ("registered", None)
    assert len(files(tmp_path)) == 1


async def test_a_job_can_t_name_another_digest_for_its_own_file(client: httpx.AsyncClient, tmp_path: Path) -> None:
    made = await uploaded(client)
    file = {
        "key": f"circuits/{made['id']}/file",
        "name": "people.csv",
        "media_type": "application/octet-stream",
        "size": 15,
        "sha256": "0" * 64,
    }
    job = {"question": "How many?", "circuit": {"kind": "stored", "file": file}}

    answer = await client.post("/api/tasks", json={"name": "talk_to_df", "input": job})

    assert answer.status_code == 404
    assert "There is no file" in answer.json()["error"]["message"]

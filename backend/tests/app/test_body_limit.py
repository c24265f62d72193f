"""A request that carries too much is told so as everything else is told."""

from collections.abc import AsyncIterator

import httpx
import pytest

MOST = 4 * 2**20


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    """Sent without saying how much will come."""
    yield b'{"name": "ping", "input": {}}'.ljust(size // 2)
    yield b" " * (size - size // 2)


def assert_told(answer: httpx.Response) -> None:
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (413, "too_large")
    assert "4,194,304 bytes at most" in error["message"]
    assert error["request_id"] == answer.headers["x-request-id"]


async def test_what_announces_too_much_is_refused_with_a_sentence(client: httpx.AsyncClient) -> None:
    assert_told(await client.post("/api/tasks", content=b" " * (MOST + 1)))


async def test_what_turns_out_to_be_too_much_is_refused_with_a_sentence(client: httpx.AsyncClient) -> None:
    assert_told(await client.post("/api/tasks", content=in_pieces(MOST + 1)))


async def test_what_announces_less_than_it_carries_is_refused_too(client: httpx.AsyncClient) -> None:
    headers = {"content-length": "10"}

    assert_told(await client.post("/api/tasks", content=in_pieces(MOST + 1), headers=headers))


async def test_an_answer_to_a_question_has_the_same_limit(client: httpx.AsyncClient) -> None:
    assert_told(await client.post("/api/tasks/1/input", json={"answer": "x" * MOST}))


async def test_what_fits_exactly_is_taken(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}

    assert (await client.post("/api/tasks", content=in_pieces(MOST), headers=headers)).status_code == 202


@pytest.mark.parametrize("odd", ["-1", "many", "9" * 5_000, "²"])
async def test_an_odd_announcement_does_no_harm(odd: str, client: httpx.AsyncClient) -> None:
    headers = [(b"content-length", odd.encode()), (b"content-type", b"application/json")]

    answer = await client.post("/api/tasks", content=in_pieces(100), headers=headers)

    assert answer.status_code in {202, 400, 413}

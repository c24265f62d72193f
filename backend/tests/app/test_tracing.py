"""One id from the request to the answer; a stranger's id is taken only if it can't do harm."""

import httpx
import pytest
from fastapi import FastAPI

from neuroagent.app.tracing import Tracing, current_trace_id


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    app.add_middleware(Tracing)

    @app.get("/trace")
    async def trace() -> str:
        return current_trace_id()

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app")


async def test_a_request_gets_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    first, second = await client.get("/trace"), await client.get("/trace")

    assert first.json() == first.headers["x-request-id"]
    assert first.json() != second.json()


async def test_the_caller_s_id_is_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get("/trace", headers={"x-request-id": "from-the-proxy.1"})

    assert answer.json() == answer.headers["x-request-id"] == "from-the-proxy.1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a;b", "<script>", "a\tb"])
async def test_an_odd_id_is_replaced(given: str, client: httpx.AsyncClient) -> None:
    assert (await client.get("/trace", headers={"x-request-id": given})).json() != given

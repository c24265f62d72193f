"""The page's doors, with a page that a test has written."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from app.conftest import serving
from processes import RedisServer

DOCUMENT = "<!doctype html><title>the page</title>"
SCRIPT = "console.log('the script')"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(DOCUMENT)
    (folder / "assets" / "index-abc.js").write_text(SCRIPT)
    (folder / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "assets" / ".secret.js").write_text("hidden")
    (folder / "secret.js").write_text("beside")
    return folder


@pytest.fixture
async def browser(redis: RedisServer, built: Path, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(redis.port, redis.password, tmp_path, page={"folder": built}) as client:
        del client.headers["authorization"]
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/chat/t1", "/jobs", "/jobs/x", "/circuits", "/circuits/x", "/system", "/settings"]
)
async def test_every_view_is_the_same_document(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)

    assert (answer.status_code, answer.text) == (200, DOCUMENT)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_an_asset_never_changes_and_says_what_it_is(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/index-abc.js", headers={"accept-encoding": "identity"})

    assert answer.text == SCRIPT
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in answer.headers


async def test_it_comes_packed_to_whoever_unpacks(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/index-abc.js", headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == SCRIPT


@pytest.mark.parametrize(
    "name", ["none.js", ".secret.js", "..%2fsecret.js", "%2e%2e/secret.js", "index-abc.js.gz", "%00.js"]
)
async def test_nothing_else_of_the_machine_is_served(browser: httpx.AsyncClient, name: str) -> None:
    assert (await browser.get(f"/assets/{name}")).status_code == 404


async def test_an_address_that_is_no_view_is_a_404(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/nothing")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_without_a_page_it_says_how_to_get_one(redis: RedisServer, tmp_path: Path) -> None:
    async with serving(redis.port, redis.password, tmp_path, page={"folder": tmp_path / "none"}) as client:
        answer = await client.get("/")

    assert answer.status_code == 200
    assert "./dev up" in answer.text


async def test_who_is_signed_in_learns_which_model_answers(client: httpx.AsyncClient) -> None:
    about = (await client.get("/api/about")).json()

    assert (about["model"], about["is_builtin"]) == ("built-in", True)


async def test_nobody_else_does(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/about")).status_code == 401

"""A provider of the tests' own, and the app that trusts it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from app.conftest import serving
from oidc_server import CLIENT, Provider, provider_server
from processes import RedisServer


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_server() as there:
        yield there


@pytest.fixture
async def stranger(provider: Provider, redis: RedisServer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that hasn't signed in."""
    oidc = {"issuer": provider.url, "client_id": CLIENT, "everybody": "chat", "groups": {"chiefs": "admin"}}
    async with serving(redis.port, redis.password, tmp_path, auth={"mode": "oidc", "oidc": oidc}) as client:
        client.headers.pop("authorization")
        yield client

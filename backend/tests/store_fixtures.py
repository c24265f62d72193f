"""Fixtures for tests of the stores, and of attacks on them."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from s3_server import S3Server, s3_server
from stores import DiskStore, S3Store, Store, disk_store, s3_store


@pytest.fixture(scope="session")
def bucket() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def running_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiskStore]:
    with disk_store(tmp_path_factory.mktemp("store") / "files") as store:
        yield store


@pytest.fixture(scope="session")
async def running_s3(bucket: S3Server) -> AsyncIterator[S3Store]:
    async with s3_store(bucket) as store:
        yield store


@pytest.fixture
def disk(running_disk: DiskStore) -> DiskStore:
    running_disk.empty()
    return running_disk


@pytest.fixture
def s3(running_s3: S3Store) -> S3Store:
    running_s3.empty()
    return running_s3


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest) -> Store:
    """Every store keeps the same promises."""
    found: Store = request.getfixturevalue(request.param)
    return found

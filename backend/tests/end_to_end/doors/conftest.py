"""A real app with a real worker, for programs that know nothing of us."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from processes import app, redis_server, worker

TOKEN = "the-token-of-many-programs"


@dataclass(frozen=True)
class Doors:
    url: str
    token: str = TOKEN


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("doors")
    with (
        redis_server(folder / "redis") as redis,
        worker(redis, folder, "-Q", "default_q"),
        app(redis, folder, NEUROAGENT_AUTH__TOKEN=TOKEN) as client,
    ):
        yield Doors(str(client.base_url).rstrip("/"))

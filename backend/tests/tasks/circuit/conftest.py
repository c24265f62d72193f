"""One circuit and one workshop for the tests that ask questions: to make them takes longer than to ask."""

from collections.abc import Iterator

import pytest
from circuit_web import Site, site
from tasks.circuit.workshops import workshop_in

from neuroagent.tasks.circuit.making.__main__ import make
from neuroagent.tasks.circuit.making.writing import Plan
from neuroagent.tasks.circuit.workshop import Workshop


@pytest.fixture(scope="session")
def archive_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("circuit")
    return make(Plan(nodes=2_000, projecting=100), folder / "circuit.gz").read_bytes()


@pytest.fixture(scope="session")
def circuit_site(archive_bytes: bytes) -> Iterator[Site]:
    with site() as given:
        given.body, given.headers["ETag"] = archive_bytes, '"the only one"'
        yield given


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with workshop_in(tmp_path_factory.mktemp("cache")) as opened:
        yield opened

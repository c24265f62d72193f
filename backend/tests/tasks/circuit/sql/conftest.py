"""One population and one jail for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tasks.circuit.sql.population import make_population

from neuroagent.tasks.circuit.sql.jail import Jail


@pytest.fixture(scope="session")
def neurons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_population(tmp_path_factory.mktemp("population") / "neurons.parquet")


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with Jail() as opened:
        yield opened

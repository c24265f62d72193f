"""Break everything, one thing after the other: nothing is lost, and nothing ends twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from databases import Postgres
from end_to_end.faults.scenarios import LOSE_WITHOUT_MENDING, ON_POSTGRES, SCENARIOS
from end_to_end.faults.stage import Servers, servers
from end_to_end.faults.verdict import played, without_mending

pytestmark = pytest.mark.xdist_group("faults")  # one Redis and two workers serve them all, and are broken by each


@pytest.fixture(scope="module")
async def built(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    async with servers(tmp_path_factory.mktemp("faults")) as started:
        yield started


@pytest.mark.parametrize("name", SCENARIOS)
async def test_nothing_is_lost_and_nothing_ends_twice(built: Servers, name: str, tmp_path: Path) -> None:
    verdict = await played(built, SCENARIOS[name], f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)

    assert not verdict.complaints


@pytest.mark.parametrize("name", ON_POSTGRES)
async def test_with_the_ledger_on_postgresql(built: Servers, postgres: Postgres, name: str, tmp_path: Path) -> None:
    verdict = await played(built, SCENARIOS[name], postgres.new_database(), tmp_path)

    assert not verdict.complaints


@pytest.mark.parametrize("name", LOSE_WITHOUT_MENDING)
async def test_without_the_reconciler_tasks_are_lost(built: Servers, name: str, tmp_path: Path) -> None:
    verdict = await without_mending(built, SCENARIOS[name], f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)

    assert verdict.lost

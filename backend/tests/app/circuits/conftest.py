"""A circuits room on a real engine, with small limits, and its app behind a client."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from app.conftest import Engine, serving
from processes import RedisServer

from neuroagent.app.circuits.entitycore import EntityCore, EntityCoreSettings
from neuroagent.app.circuits.intake import Intake
from neuroagent.app.circuits.repository import FOLDER, Repository
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.circuits.settings import CircuitsSettings
from neuroagent.app.storage import Storage


@pytest.fixture
def repository(engine: Engine) -> Repository:
    return Repository(engine.ledger)


@pytest.fixture
def circuits(engine: Engine, repository: Repository, storage: Storage) -> Circuits:
    shelves = {FOLDER: repository.owns}
    tasks = replace(engine.tasks, dispatch=replace(engine.tasks.dispatch, shelves=shelves))
    settings = CircuitsSettings(most=3, synonyms="zapper: synapse_class = EXC")
    return Circuits(repository, tasks, storage, Intake(storage, 1_000), EntityCore(EntityCoreSettings()), settings)


@pytest.fixture
async def small_client(redis: RedisServer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Of an app that takes few circuits, and small ones."""
    more = {"circuits": {"most": 2}, "storage": {"max_upload_bytes": 1_000}}
    async with serving(redis.port, redis.password, tmp_path, **more) as opened:
        yield opened

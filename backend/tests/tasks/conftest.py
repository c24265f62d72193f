"""A report as bodies get it, with everything told at hand."""

import pytest
from redis import Redis
from tasks.jobs import BEAT, job

from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.files import DownloadGrant, UploadGrant
from neuroagent.tasks.runtime.redis import health
from neuroagent.tasks.runtime.report import Report


@pytest.fixture
def told() -> list[Progress | Log | Artifact]:
    return []


@pytest.fixture
def report(told: list[Progress | Log | Artifact], redis_client: Redis) -> Report:
    def no_renewal(renewal: str) -> UploadGrant | DownloadGrant:
        raise AssertionError("no link ran out in this test")

    return Report(job(), BEAT, "w@h", told.append, no_renewal, lambda: health(redis_client))

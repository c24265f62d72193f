"""Workers whose links ran out: the app signs again what it once signed, while the task runs, and nothing else."""

import asyncio

import pytest
from app.conftest import Engine
from app.engine.workers_of_tests import done
from redis import Redis

from neuroagent.app.storage import Grants
from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.files import DownloadGrant, UploadGrant
from neuroagent.task_schemas.jobs import RENEWALS_KEY
from neuroagent.task_schemas.system import PING, PingInput
from neuroagent.tasks.runtime.renewal import renewer


@pytest.fixture
async def task_id(engine: Engine) -> str:
    return (await engine.tasks.submit(PING, PingInput(), owner="ann", trace_id="t")).id


async def renew(redis: Redis, task_id: str, renewal: str) -> UploadGrant | DownloadGrant:
    return await asyncio.to_thread(renewer(redis, task_id), renewal)


async def test_a_running_task_s_grant_is_signed_again(task_id: str, grants: Grants, redis_client: Redis) -> None:
    old = grants.upload(task_id)

    new = await renew(redis_client, task_id, old.renewal)

    assert isinstance(new, UploadGrant)
    assert (new.prefix, new.max_bytes) == (old.prefix, old.max_bytes)
    assert new.expires_at >= old.expires_at


async def test_a_task_that_has_ended_gets_nothing(
    task_id: str, grants: Grants, redis_client: Redis, engine: Engine
) -> None:
    await engine.ledger.apply([(task_id, done())])

    with pytest.raises(TaskError, match="the task isn't running"):
        await renew(redis_client, task_id, grants.upload(task_id).renewal)


@pytest.mark.parametrize("forged", ["", "nonsense", "eyJ9.00"])
async def test_what_the_app_never_signed_is_refused(forged: str, task_id: str, redis_client: Redis) -> None:
    with pytest.raises(TaskError, match="was not renewed"):
        await renew(redis_client, task_id, forged)


async def test_another_task_s_leave_is_refused(
    task_id: str, grants: Grants, redis_client: Redis, engine: Engine
) -> None:
    another = (await engine.tasks.submit(PING, PingInput(), owner="bob", trace_id="t")).id

    with pytest.raises(TaskError, match="was not renewed"):
        await renew(redis_client, task_id, grants.upload(another).renewal)


async def test_rubbish_on_the_stream_stops_nobody(task_id: str, grants: Grants, redis_client: Redis) -> None:
    redis_client.xadd(RENEWALS_KEY, {"request": b"\xff not json"})
    redis_client.xadd(RENEWALS_KEY, {"other": "field"})

    assert (await renew(redis_client, task_id, grants.upload(task_id).renewal)).renewal


async def test_it_goes_on_after_redis_was_wiped(task_id: str, grants: Grants, redis_client: Redis) -> None:
    assert (await renew(redis_client, task_id, grants.upload(task_id).renewal)).renewal

    redis_client.flushall()

    assert (await renew(redis_client, task_id, grants.upload(task_id).renewal)).renewal

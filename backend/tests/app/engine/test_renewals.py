"""Workers whose links ran out: the app signs again what it once signed, while the task runs, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from redis import Redis

from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.engine.renewals import Renewals
from neuroagent.app.storage import Grants
from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import Done
from neuroagent.task_schemas.files import DownloadGrant, UploadGrant
from neuroagent.task_schemas.jobs import RENEWALS_KEY
from neuroagent.task_schemas.system import PING, PingInput
from neuroagent.tasks.runtime.renewal import renewer


@pytest.fixture
async def app_is_listening(ledger: Ledger, grants: Grants, lines: RedisLines) -> AsyncIterator[None]:
    async with Renewals(ledger, grants, lines.commands, lines.waiting).answered("replica"):
        yield


@pytest.fixture
async def task_id(tasks: Tasks) -> str:
    return (await tasks.submit(PING, PingInput(), owner="ann", trace_id="t")).id


async def renew(redis: Redis, task_id: str, renewal: str) -> UploadGrant | DownloadGrant:
    return await asyncio.to_thread(renewer(redis, task_id), renewal)


@pytest.mark.usefixtures("app_is_listening")
async def test_a_running_task_s_grant_is_signed_again(task_id: str, grants: Grants, redis_client: Redis) -> None:
    old = grants.upload(task_id)

    new = await renew(redis_client, task_id, old.renewal)

    assert isinstance(new, UploadGrant)
    assert (new.prefix, new.max_bytes) == (old.prefix, old.max_bytes)
    assert new.expires_at >= old.expires_at


@pytest.mark.usefixtures("app_is_listening")
async def test_a_task_that_has_ended_gets_nothing(
    task_id: str, grants: Grants, redis_client: Redis, ledger: Ledger
) -> None:
    await ledger.end(task_id, Done(at=datetime.now(UTC), output=None))

    with pytest.raises(TaskError, match="the task isn't running"):
        await renew(redis_client, task_id, grants.upload(task_id).renewal)


@pytest.mark.usefixtures("app_is_listening")
@pytest.mark.parametrize("forged", ["", "nonsense", "eyJ9.00"])
async def test_what_the_app_never_signed_is_refused(forged: str, task_id: str, redis_client: Redis) -> None:
    with pytest.raises(TaskError, match="was not renewed"):
        await renew(redis_client, task_id, forged)


@pytest.mark.usefixtures("app_is_listening")
async def test_another_task_s_leave_is_refused(task_id: str, grants: Grants, redis_client: Redis, tasks: Tasks) -> None:
    another = (await tasks.submit(PING, PingInput(), owner="bob", trace_id="t")).id

    with pytest.raises(TaskError, match="was not renewed"):
        await renew(redis_client, task_id, grants.upload(another).renewal)


@pytest.mark.usefixtures("app_is_listening")
async def test_rubbish_on_the_stream_stops_nobody(task_id: str, grants: Grants, redis_client: Redis) -> None:
    redis_client.xadd(RENEWALS_KEY, {"request": b"\xff not json"})
    redis_client.xadd(RENEWALS_KEY, {"other": "field"})

    assert (await renew(redis_client, task_id, grants.upload(task_id).renewal)).renewal


@pytest.mark.usefixtures("app_is_listening")
async def test_it_goes_on_after_redis_was_wiped(task_id: str, grants: Grants, redis_client: Redis) -> None:
    assert (await renew(redis_client, task_id, grants.upload(task_id).renewal)).renewal

    redis_client.flushall()

    assert (await renew(redis_client, task_id, grants.upload(task_id).renewal)).renewal

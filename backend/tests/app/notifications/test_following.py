"""Tasks called without a conversation: their owner hears of them, whoever dies meanwhile."""

from app.engine.workers_of_tests import Hand, done, failed
from end_to_end.faults.servers import until_soon
from redis import Redis

from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.following import Following
from neuroagent.app.notifications.models import NotificationRow
from neuroagent.task_schemas.events import Progress
from neuroagent.task_schemas.system import WORKER_HEALTH_CHECK, WorkerHealthCheckInput


async def called(tasks: Tasks) -> TaskRow:
    return await tasks.submit(WORKER_HEALTH_CHECK, WorkerHealthCheckInput(), owner="ada", trace_id="t")


async def told(bulletin: Bulletin, count: int) -> list[NotificationRow]:
    async def enough() -> bool:
        return len(await bulletin.mailboxes.after("ada", 0, 10)) >= count

    await until_soon(enough, f"{count} things are told")
    return list(await bulletin.mailboxes.after("ada", 0, 10))


async def test_begun_and_done_are_told_once(tasks: Tasks, bulletin: Bulletin, redis_client: Redis) -> None:
    following = Following(tasks, bulletin)
    async with bulletin.open(), following.open():
        row = await called(tasks)
        following.follow(row, "check_worker", "t1")
        following.follow(row, "check_worker", "t1")
        _, turn = Hand(redis_client).take()
        turn.tell(Progress(fraction=0.5, text="half"))
        turn.end(done())

        news = await told(bulletin, 2)
        while await following.look():
            pass

    assert [one.type for one in news] == ["task_started", "task_complete"]
    assert [one.data for one in news] == [{"task_id": row.id, "tool": "check_worker"}] * 2
    assert len(await bulletin.mailboxes.after("ada", 0, 10)) == 2


async def test_what_ended_while_nobody_was_there_is_told_afterwards(
    tasks: Tasks, bulletin: Bulletin, redis_client: Redis
) -> None:
    async with bulletin.open():
        async with Following(tasks, bulletin).open() as _:
            row = await called(tasks)
        died = Following(tasks, bulletin)
        died.follow(row, "check_worker", None)
        died._heard.pop(row.id).cancel()
    _, turn = Hand(redis_client).take()
    turn.end(failed(message="no such worker"))

    async def is_known() -> bool:
        kept = await tasks.ledger.find(row.id)
        return kept is not None and kept.state == "failed"

    await until_soon(is_known, "the ledger knows")
    assert await Following(tasks, bulletin).look() == 1
    news = await told(bulletin, 1)

    assert (news[-1].type, news[-1].data) == (
        "task_failed",
        {"task_id": row.id, "tool": "check_worker", "code": "permanent", "message": "no such worker"},
    )
    assert await Following(tasks, bulletin).look() == 0

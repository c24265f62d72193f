"""Sending by name: the message is Celery's own to the letter, and a queue that is away is said quickly."""

import json
import time
from base64 import b64decode
from typing import Any

import pytest
from celery import Celery
from processes import RedisServer, free_port
from redis import Redis
from tasks.jobs import job
from valves import valve

from neuroagent.app.engine.line import Line
from neuroagent.app.engine.outbox import Outbox
from neuroagent.app.engine.redis import redis_lines
from neuroagent.app.engine.sender import NotSent, PerhapsSent, Sender
from neuroagent.config.redis import RedisSettings

OF_THE_MOMENT = {"delivery_tag", "reply_to", "correlation_id", "origin", "delivery_info"}


def without_the_moment(message: dict[str, Any]) -> dict[str, Any]:
    """But for what differs each time a message is sent; the body as the worker reads it."""
    message["body"] = json.loads(b64decode(message["body"]))
    for part in (message["properties"], message["headers"]):
        for name in OF_THE_MOMENT & part.keys():
            part[name] = type(part[name]).__name__
    return message


async def test_the_message_is_the_one_that_celery_sends(
    sender: Sender, redis: RedisServer, redis_client: Redis, redis_settings: RedisSettings
) -> None:
    given = job()
    celery = Celery(broker=redis_settings.broker_url(), set_as_current=False)
    options = {"ignore_result": True, "argsrepr": "…", "kwargsrepr": "{}"}
    celery.send_task("ping", [given.model_dump(mode="json")], queue="theirs", task_id=given.task_id, **options)

    await sender.send("ping", "ours", given)

    ours, theirs = (json.loads(redis_client.rpop(queue)) for queue in ("ours", "theirs"))
    for name in ("argsrepr", "kwargsrepr"):
        theirs["properties"].pop(name)  # they stand in the headers, where they are read
    assert without_the_moment(ours) == without_the_moment(theirs)


async def test_the_second_message_is_its_own(sender: Sender, redis_client: Redis) -> None:
    for task_id in ("1", "2"):
        await sender.send("ping", "ours", job().model_copy(update={"task_id": task_id}))

    first, second = (json.loads(redis_client.rpop("ours")) for _ in range(2))
    assert [one["headers"]["id"] for one in (first, second)] == ["1", "2"]
    assert json.loads(b64decode(second["body"]))[0][0]["task_id"] == "2"
    assert first["properties"]["correlation_id"] != second["properties"]["correlation_id"]


async def test_a_queue_that_is_away_is_said_before_a_person_gives_up() -> None:
    nowhere = RedisSettings(port=free_port())
    start = time.monotonic()

    with pytest.raises(NotSent, match="nothing was started"):
        await Sender(nowhere, Outbox(Line(redis_lines(nowhere).kept, 5))).send("ping", "default_q", job())

    assert time.monotonic() - start < 20


async def test_a_redis_that_refuses_has_not_got_it(sender: Sender, redis_client: Redis) -> None:
    redis_client.config_set("maxmemory", "1")
    try:
        with pytest.raises(NotSent):
            await sender.send("ping", "default_q", job())
    finally:
        redis_client.config_set("maxmemory", "0")

    assert redis_client.llen("default_q") == 0
    await sender.send("ping", "default_q", job())
    assert redis_client.llen("default_q") == 1, "the line is as good as before"


async def test_a_redis_that_never_answers_has_perhaps_got_it(redis_settings: RedisSettings, redis: RedisServer) -> None:
    async with valve(redis.port) as between:
        impatient = redis_settings.model_copy(update={"port": between.port, "command_timeout": 0.5})
        lines = redis_lines(impatient)
        line = Line(lines.kept, patience=0.5)
        await line.ask(("PING",))
        between.shut()

        with pytest.raises(PerhapsSent):
            await Sender(impatient, Outbox(line)).send("ping", "default_q", job())
        await lines.close()


async def test_a_line_that_died_while_it_rested_is_replaced(sender: Sender, redis_client: Redis) -> None:
    await sender.send("ping", "default_q", job())
    redis_client.client_kill_filter(_type="normal", skipme=True)

    await sender.send("ping", "default_q", job())

    assert redis_client.llen("default_q") == 2

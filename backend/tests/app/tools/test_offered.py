"""The tools as they are offered: with what live workers have for them."""

from datetime import timedelta

import httpx
import pytest
from redis import Redis
from tasks.jobs import BEAT

from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.tools import TOOLS
from neuroagent.app.tools.offered import LONGEST, as_offered, told_by
from neuroagent.task_schemas.jobs import WORKERS_KEY, worker_key
from neuroagent.tasks.runtime.beat import show

HAS = "It is Python 3.14 with plotly 7.1."
OFFERING = BEAT.model_copy(update={"queues": ["python_q"], "offers": {"run_python_tool": HAS}})
PLAIN = TOOLS["run_python"].description


async def test_a_tool_is_offered_with_what_a_live_worker_has(client: httpx.AsyncClient, redis_client: Redis) -> None:
    show(redis_client, "w@h", OFFERING)

    described = {tool["name"]: tool["description"] for tool in (await client.get("/api/tools")).json()["tools"]}

    assert described["run_python"] == f"{PLAIN} {HAS}"
    assert described["check_worker"] == TOOLS["check_worker"].description


async def test_without_a_worker_it_is_offered_plainly(lines: RedisLines) -> None:
    assert (await as_offered(TOOLS, lines.commands))["run_python"].description == PLAIN


async def test_of_two_workers_the_one_started_last_counts() -> None:
    newer = OFFERING.model_copy(
        update={"started_at": BEAT.started_at + timedelta(seconds=1), "offers": {"run_python_tool": "New."}}
    )

    assert told_by([newer, OFFERING], TOOLS)["run_python"].offer.description == f"{PLAIN} New."


@pytest.mark.parametrize(
    ("said", "told"), [("two\n\nlines\x1b[2J\u202e", "two lines[2J"), ("long " * 5_000, ("long " * 5_000)[:LONGEST])]
)
def test_whatever_a_worker_says_becomes_one_short_line(said: str, told: str) -> None:
    beat = OFFERING.model_copy(update={"offers": {"run_python_tool": said}})

    assert told_by([beat], TOOLS)["run_python"].description == f"{PLAIN} {told}"


async def test_a_worker_that_speaks_otherwise_takes_nothing_from_the_rest(
    lines: RedisLines, redis_client: Redis
) -> None:
    show(redis_client, "w@h", OFFERING)
    redis_client.sadd(WORKERS_KEY, "odd")
    redis_client.set(worker_key("odd"), '{"queues": 1, "offers": {"run_python_tool": ["?"]}}')

    assert (await as_offered(TOOLS, lines.commands))["run_python"].description == f"{PLAIN} {HAS}"

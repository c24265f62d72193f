"""The runs of a process: begun, stopped, handed over, and taken up from the dead."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

from app.chat.rooms import Opener, ask, heard, said
from app.engine.workers_of_tests import Hand, done
from app.llm.scripted import call, scripted
from app.tools.test_calling import OUTPUT
from end_to_end.faults.servers import until, until_soon
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel
from redis import Redis
from sqlalchemy import update
from tasks.jobs import BEAT

from neuroagent.app.chat.ask import Question
from neuroagent.app.chat.room import ChatRoom
from neuroagent.app.chat.runs import GIVEN_UP, MOST_ATTEMPTS
from neuroagent.app.chat.threads import RUNS
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.price import Price
from neuroagent.tasks.runtime.beat import show

SCRIPT = (["Looking.", call("check_worker", "{}")], ["All is well."])


async def until_waiting(hand: Hand) -> None:
    await until(lambda: bool(hand.waiting()), "the worker has a job")


async def until_idle(room: ChatRoom) -> None:
    async def idle() -> bool:
        return not await room.runs.rows.under_way("t1")

    await until_soon(idle, "nothing is answered any more")


async def died(room: ChatRoom, attempt: int = 1, text: str = "hi") -> str:
    """A run whose process has said nothing for long."""
    await room.asking.ask(await room.threads.made("ada", "t1"), Question(text))
    run = await room.runs.rows.claim_next("t1")
    assert run
    await room.threads.ledger.change(update(RUNS).values(lease_until=time.time() - 60, attempt=attempt))
    return run.id


async def test_what_waits_in_a_thread_follows_by_itself(opened: Opener) -> None:
    room = await opened(scripted(["One."], ["Two."], ["Three."]))
    runs = [await ask(room, text) for text in ("a", "b", "c")]

    assert [said(await heard(room, run)) for run in runs] == ["One.", "Two.", "Three."]


async def test_threads_don_t_wait_for_each_other(opened: Opener, hand: Hand) -> None:
    room = await opened(scripted(*SCRIPT))
    await ask(room, "slow", "t1")
    await until_waiting(hand)

    other = await ask(room, "slow too", "t2")

    assert (await room.runs.rows.under_way("t2"))[0].state == "running"
    room.runs.stop(other.id)


async def test_the_run_of_a_dead_process_is_carried_out(opened: Opener) -> None:
    await died(opened.closed())
    room = await opened(scripted(["Here I am."]))

    await until_idle(room)

    [_, answer] = await room.threads.messages("t1")
    assert answer.state == "complete"


async def test_a_run_that_kills_whoever_carries_it_is_given_up(opened: Opener) -> None:
    run_id = await died(opened.closed(), attempt=MOST_ATTEMPTS)
    room = await opened()

    await until_idle(room)

    run = await room.runs.rows.find(run_id)
    assert run
    assert (run.state, str(run.failure).startswith(GIVEN_UP)) == ("interrupted", True)


async def test_a_process_that_ends_hands_its_run_over_in_the_middle_of_a_call(opened: Opener, hand: Hand) -> None:
    first = opened.closed(scripted(*SCRIPT))
    async with first.open():
        run = await ask(first, "go")
        await until_waiting(hand)
    second = await opened(scripted(*SCRIPT))
    _, turn = hand.take()
    turn.end(done(OUTPUT))

    chunks = await heard(second, run)

    assert [chunk["type"] for chunk in chunks].count("tool-output-available") == 1
    assert said(chunks) == "Looking.All is well."
    assert hand.waiting() == 0


async def test_a_wish_to_stop_is_heard_also_when_nobody_told(opened: Opener, hand: Hand) -> None:
    room = await opened(scripted(*SCRIPT))
    run = await ask(room, "go")
    await until_waiting(hand)

    await room.runs.rows.ask_to_stop(run.id)

    assert (await heard(room, run))[-1] == {"type": "abort"}


async def test_the_model_has_the_tools_that_the_thread_chose(opened: Opener) -> None:
    room = await opened()
    await room.threads.made("ada", "t1")
    await room.threads.changed("t1", "ada", tools=[])

    run = await ask(room, "/check_worker")

    assert "There is no tool `check_worker` here." in said(await heard(room, run))


async def test_the_model_reads_what_the_workers_have(opened: Opener, redis_client: Redis) -> None:
    async def say(_: list[ModelMessage], given: AgentInfo) -> AsyncIterator[str]:
        [told] = [tool.description for tool in given.function_tools if tool.name == "run_python"]
        yield str(told)

    show(redis_client, "w@h", BEAT.model_copy(update={"offers": {"run_python_tool": "It has plotly 7.1."}}))
    room = await opened(ChatModel("telling", FunctionModel(stream_function=say, model_name="telling")))

    run = await ask(room, "what have you got?")

    assert said(await heard(room, run)).endswith("It has plotly 7.1.")


async def test_an_answer_is_kept_with_its_tokens_and_what_they_cost(opened: Opener) -> None:
    room = await opened(replace(scripted(["One."], ["Two words."]), price=Price(1_000_000, 3_000_000)))

    await heard(room, await ask(room, "how much?"))

    [question, answer] = await room.threads.messages("t1")
    assert answer.tokens_in > 0
    assert answer.tokens_out > 0
    assert answer.cost == answer.tokens_in + 3 * answer.tokens_out
    assert question.cost is None


async def test_without_prices_nothing_is_said_of_cost(opened: Opener) -> None:
    room = await opened(scripted(["One."]))

    await heard(room, await ask(room, "how much?"))

    assert [message.cost for message in await room.threads.messages("t1")] == [None, None]

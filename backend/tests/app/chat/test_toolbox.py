"""Calls go to the workers once, and what goes on there is told as it happens."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from app.engine.workers_of_tests import Hand, done
from app.tools.test_calling import OUTPUT
from pydantic import JsonValue
from redis import Redis

from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.passage import Passage
from neuroagent.app.chat.progress import AnswerKept, Awaited
from neuroagent.app.chat.room import open_gate
from neuroagent.app.chat.toolbox import WorkerTools
from neuroagent.app.chat.wire import Chunk
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.ledger import Filter
from neuroagent.app.llm.speech import Call
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import Mailboxes
from neuroagent.app.notifications.settings import NotificationsSettings
from neuroagent.app.tools import TOOLS
from neuroagent.app.tools.base import ToolContext
from neuroagent.app.tools.calling import ToolDone, ToolFailed
from neuroagent.app.tools.outside import Approval, OutsideTool
from neuroagent.task_schemas.events import Log, Progress

CHECK = Call("c", "check_worker", "{}")


def toolbox(tasks: Tasks, told: list[Chunk]) -> WorkerTools:
    return WorkerTools(tasks, TOOLS, ToolContext("ada", "trace", "t1"), told.append, passage(tasks))


def passage(tasks: Tasks) -> Passage:
    run = RunRow(id="r", owner="ada", thread_id="t1", rested=0)
    gate = open_gate(Bulletin(Mailboxes(tasks.ledger), tasks.turns.redis, NotificationsSettings()), ApprovalsSettings())
    return Passage(gate, run)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (Call("c", "fly", "{}"), "There is no tool 'fly'; there are: check_worker"),
        (Call("c", "check_worker", "{"), "are no JSON object"),
        (Call("c", "check_worker", '{"shop": 1}'), "shop: Extra inputs are not permitted"),
    ],
)
async def test_what_the_model_can_mend_is_told_to_it(call: Call, said: str, tasks: Tasks) -> None:
    refusal = await toolbox(tasks, []).ask(call, "r-0-0")

    assert isinstance(refusal, AnswerKept)
    assert refusal.outcome == "mend"
    assert said in refusal.text


async def test_what_goes_on_is_one_part_that_changes(tasks: Tasks, hand: Hand) -> None:
    told: list[Chunk] = []
    tools = toolbox(tasks, told)
    assert await tools.ask(CHECK, "r-0-0") is None
    waiting = asyncio.create_task(tools.answer(CHECK, "r-0-0"))
    job, turn = hand.take()
    turn.tell(Progress(fraction=0.5, text="half"))
    turn.tell(Log(text="a line\n"))
    turn.tell(Log(text="another\n"))
    turn.end(done(OUTPUT))

    answer = await waiting

    assert (answer.outcome, answer.output) == ("done", OUTPUT)
    assert {(chunk["type"], chunk["id"]) for chunk in told} == {("data-tool", "r-0-0")}
    last = told[-1]["data"]
    assert isinstance(last, dict)
    assert (last["state"], last["fraction"], last["output"]) == ("done", 0.5, "a line\nanother\n")
    assert last["task_id"] == job.task_id


async def test_the_same_call_is_the_same_task(tasks: Tasks, hand: Hand) -> None:
    first, second = toolbox(tasks, []), toolbox(tasks, [])
    await first.ask(CHECK, "r-0-0")
    await second.ask(CHECK, "r-0-0")

    assert first.under_way["r-0-0"].id == second.under_way["r-0-0"].id
    assert hand.waiting() == 1


async def test_a_call_that_another_process_has_made_stays_that_call(tasks: Tasks, hand: Hand) -> None:
    await toolbox(tasks, []).ask(CHECK, "r-0-0")
    again = replace(toolbox(tasks, []), is_again=True)

    assert await again.ask(Call("c", "check_worker", '{"store": true}'), "r-0-0") is None
    assert await again.ask(CHECK, "r-0-1") is None

    assert [row.input["store"] for row in again.under_way.values()] == [False, False]  # type: ignore[index,call-overload]  # a job
    assert hand.waiting() == 2


async def test_the_next_call_knows_the_task_of_the_last(tasks: Tasks, hand: Hand) -> None:
    tools = toolbox(tasks, [])
    await tools.ask(CHECK, "r-0-0")
    job, turn = hand.take()
    turn.end(done(OUTPUT))

    await tools.answer(CHECK, "r-0-0")

    assert tools.context.last == {"check_worker": job.task_id}


async def test_what_nobody_waits_for_is_cancelled(tasks: Tasks) -> None:
    tools = toolbox(tasks, [])
    await tools.ask(CHECK, "r-0-0")

    await tools.cancel()

    answer = await tools.answer(CHECK, "r-0-0")
    assert answer == AnswerKept(text="The call was cancelled.", outcome="failed")
    assert tools.under_way == {}


async def test_a_call_that_is_cut_while_it_is_sent_is_cancelled_all_the_same(tasks: Tasks, redis_client: Redis) -> None:
    tools = toolbox(tasks, [])
    asking = asyncio.create_task(tools.ask(CHECK, "r-0-0"))
    await asyncio.sleep(0)  # it has begun to send
    assert tools._asking is not None
    asking.cancel()
    await asyncio.wait([asking])

    await tools.cancel()

    [row] = await tasks.ledger.page("ada", Filter())
    assert row.state == "cancelled"


@dataclass
class Elsewhere:
    """A server that answers at once, and what it was asked."""

    came: ToolDone | ToolFailed
    name: str = "elsewhere"
    why_away: str = ""
    asked: list[tuple[str, dict[str, JsonValue]]] = field(default_factory=list)

    async def call(
        self, tool: str, arguments: dict[str, JsonValue], on_progress: Callable[[Progress], None]
    ) -> ToolDone | ToolFailed:
        self.asked.append((tool, arguments))
        on_progress(Progress(text="on it"))
        return self.came


def outside(  # noqa: PLR0913, PLR0917 - what a test looks at
    tasks: Tasks,
    server: Elsewhere,
    told: list[Chunk],
    begun: list[str],
    kept: list[list[str]],
    approval: Approval = "never",
) -> WorkerTools:
    async def keep() -> None:
        kept.append([*begun])

    tools = {"x_go": OutsideTool("x_go", "Goes.", {"type": "object"}, server, "go", approval)}
    return WorkerTools(tasks, tools, ToolContext("ada", "trace", "t1"), told.append, passage(tasks), begun, keep)


GO = Call("c", "x_go", '{"far": true}')


async def test_a_call_elsewhere_is_written_down_before_it_is_made(tasks: Tasks) -> None:
    server, told, kept = Elsewhere(ToolDone({"text": "gone"}, "gone")), [], []  # type: ignore[var-annotated]  # lists of what is told
    tools = outside(tasks, server, told, [], kept)

    assert await tools.ask(GO, "r-0-0") is None
    assert (kept, server.asked) == ([["r-0-0"]], [])
    answer = await tools.answer(GO, "r-0-0")

    assert (answer.outcome, answer.text, answer.output) == ("done", "gone", {"text": "gone"})
    assert server.asked == [("go", {"far": True})]
    assert [chunk["data"].get("state") for chunk in told] == ["running", "running", "done"]
    assert told[-1]["data"] == {"server": "elsewhere", "state": "done", "fraction": None, "text": "on it"}


async def test_a_call_elsewhere_that_had_begun_is_not_made_again(tasks: Tasks) -> None:
    server = Elsewhere(ToolDone(None, "gone"))

    answer = await outside(tasks, server, [], ["r-0-0"], []).ask(GO, "r-0-0")

    assert isinstance(answer, AnswerKept)
    assert (answer.outcome, server.asked) == ("failed", [])
    assert "isn't known how it ended" in answer.text


async def test_a_call_elsewhere_waits_for_a_person_before_it_has_begun(tasks: Tasks) -> None:
    server, begun = Elsewhere(ToolDone(None, "gone")), []  # type: ignore[var-annotated]  # as above

    asked = await outside(tasks, server, [], begun, [], "always").ask(GO, "r-0-0")

    assert isinstance(asked, Awaited)
    assert (begun, server.asked) == ([], [])


async def test_a_failure_elsewhere_has_its_reason(tasks: Tasks) -> None:
    tools = outside(tasks, Elsewhere(ToolFailed("no way")), [], [], [])
    await tools.ask(GO, "r-0-0")

    assert await tools.answer(GO, "r-0-0") == AnswerKept(text="no way", outcome="failed")

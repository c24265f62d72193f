"""What stands between a wish and a call: nothing, a grant, or a question and its answer."""

from typing import Any

import pytest
from app.approvals.asking import NO, YES, Asker, wanted

from neuroagent.app.approvals.gate import Allowed, Asked, Gate, Refused
from neuroagent.app.approvals.questions import Decision, Wanted
from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import Mailboxes
from neuroagent.app.notifications.settings import NotificationsSettings
from neuroagent.app.tools.system import CHECK_WORKER

CALL = wanted(tool="check_worker", arguments={})
RULE = {"argument": "store", "like": ["true"]}


@pytest.fixture
def gates(asker: Asker, lines: RedisLines) -> Any:
    bulletin = Bulletin(Mailboxes(asker.ledger), lines.commands, NotificationsSettings())

    def gate(policy: Any = "always") -> Gate:
        settings = ApprovalsSettings.model_validate({"tools": {"check_worker": policy}})
        return Gate(asker.questions, bulletin, settings)

    return gate


async def passed(gate: Gate, call: Wanted = CALL, *, has_asked: bool = False) -> Allowed | Refused | Asked:
    return await gate.passage(CHECK_WORKER, call, has_asked=has_asked)


async def test_what_needs_no_yes_passes(gates: Any) -> None:
    assert await passed(gates("never")) == Allowed({})
    assert await passed(gates(RULE)) == Allowed({}), "an argument that nobody named has its own value"


async def test_a_rule_asks_about_what_it_names(gates: Any) -> None:
    call = wanted(tool="check_worker", arguments={"store": True})

    assert isinstance(await passed(gates(RULE), call), Asked)


async def test_the_answer_is_found_and_the_question_not_asked_again(gates: Any, asker: Asker) -> None:
    asked = await passed(gates())
    assert isinstance(asked, Asked)
    assert await passed(gates()) == asked

    await asker.questions.decide({asked.approval_id: YES})

    assert await passed(gates()) == Allowed({}, by_person=True)


async def test_a_no_counts_also_when_nobody_would_be_asked_any_more(gates: Any, asker: Asker) -> None:
    asked = await passed(gates())
    assert isinstance(asked, Asked)
    await asker.questions.decide({asked.approval_id: NO})

    assert await passed(gates("never"), has_asked=True) == Refused("The person said no. not now")


async def test_a_grant_lets_another_call_pass(gates: Any, asker: Asker) -> None:
    asked = await passed(gates())
    assert isinstance(asked, Asked)
    await asker.questions.decide({asked.approval_id: Decision(approved=True, by="ada", scope="thread")})

    assert await passed(gates(), wanted("r2-0-0", tool="check_worker", arguments={})) == Allowed({})
    elsewhere = wanted("r3-0-0", tool="check_worker", arguments={}, thread_id="t2")
    assert isinstance(await passed(gates(), elsewhere), Asked)

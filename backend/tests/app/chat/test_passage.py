"""A run's calls ask in the run's name, and are announced to its owner."""

from neuroagent.app.approvals.gate import Asked
from neuroagent.app.approvals.settings import ApprovalsSettings
from neuroagent.app.chat.models import RunRow
from neuroagent.app.chat.passage import Passage
from neuroagent.app.chat.room import open_gate
from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import Mailboxes
from neuroagent.app.notifications.settings import NotificationsSettings
from neuroagent.app.tools.system import CHECK_WORKER


async def test_a_call_is_asked_about_in_its_run_and_announced_in_its_thread(ledger: Ledger, lines: RedisLines) -> None:
    settings = ApprovalsSettings.model_validate({"tools": {"check_worker": "always"}})
    gate = open_gate(Bulletin(Mailboxes(ledger), lines.commands, NotificationsSettings()), settings)
    passage = Passage(gate, RunRow(id="r", owner="ada", thread_id="t1", rested=0))

    asked = await passage.of(CHECK_WORKER, {}, "r-0-0")

    assert isinstance(asked, Asked)
    row = await gate.questions.mine(asked.approval_id, "ada")
    assert (row.run_id, row.thread_id, row.call_id) == ("r", "t1", "r-0-0")
    subject = passage.announced(TaskRow(id="k", owner="ada"), "check_worker").subject
    assert (subject.task_id, subject.owner, subject.thread_id) == ("k", "ada", "t1")

"""What tests of notifications may ask for."""

import pytest

from neuroagent.app.engine.ledger import Ledger
from neuroagent.app.engine.redis import RedisLines
from neuroagent.app.notifications.bulletin import Bulletin
from neuroagent.app.notifications.mailboxes import Mailboxes
from neuroagent.app.notifications.settings import NotificationsSettings


@pytest.fixture
def bulletin(ledger: Ledger, lines: RedisLines) -> Bulletin:
    return Bulletin(Mailboxes(ledger), lines.commands, NotificationsSettings())

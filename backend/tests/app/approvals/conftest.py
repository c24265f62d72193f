"""What tests of approvals may ask for."""

import pytest
from app.approvals.asking import Asker

from neuroagent.app.engine.ledger import Ledger


@pytest.fixture
def asker(ledger: Ledger) -> Asker:
    return Asker(ledger)

"""What a row says in the words of the wire."""

import pytest
from app.engine.test_ledger import NOW, row

from neuroagent.app.engine.rows import ending_of
from neuroagent.app.engine.states import values_of
from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Cancelled, Done, Ending, Failed


@pytest.mark.parametrize(
    "ending",
    [
        Done(at=NOW, output={"x": [1]}),
        Failed(at=NOW, failure=Failure(code="worker_lost", message="no")),
        Cancelled(at=NOW),
    ],
)
def test_an_ending_is_read_as_it_was_written_down(ending: Ending) -> None:
    assert ending_of(row(**values_of(ending))) == ending

"""Events on the wire: told by their type, refused when they aren't one."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from neuroagent.task_schemas.errors import Failure
from neuroagent.task_schemas.events import Done, Event, Failed, Log, Progress, Started, events, stream_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        Started(at=NOW, worker="w@h", trace_id="t", attempt=1),
        Progress(fraction=0.5, text="half"),
        Log(stream="stderr", text="oh"),
        Done(at=NOW, output={"answer": [1, None, "x"]}),
        Failed(at=NOW, failure=Failure(code="crashed", message="no")),
    ],
)
def test_an_event_is_read_as_it_was_told(event: Event) -> None:
    assert events.validate_json(events.dump_json(event)) == event


@pytest.mark.parametrize("raw", ['{"type": "rumour"}', '{"type": "progress", "fraction": 2}', "{}", "nonsense"])
def test_what_is_no_event_is_refused(raw: str) -> None:
    with pytest.raises(ValidationError):
        events.validate_json(raw)


def test_the_stream_has_the_name_the_product_is_known_by() -> None:
    assert stream_key("42") == "task:42:progress"

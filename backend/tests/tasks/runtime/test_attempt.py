"""The edge of the worker: whatever happens in a body becomes one ending on the task's stream."""

from datetime import timedelta
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from pydantic import JsonValue
from redis import Redis
from tasks.jobs import BEAT, job

from neuroagent.task_schemas.contract import Message, TaskContract
from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import FIELD, Done, Event, Failed, Log, Progress, Started, events, stream_key
from neuroagent.tasks.runtime.attempt import attempt
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import Fulfilment
from neuroagent.tasks.transfer import TransferFailed


class Question(Message):
    number: int


class Answer(Message):
    number: int


CONTRACT = TaskContract("double", "test_q", Question, Answer, timedelta(seconds=5), "Doubles a number.")


def double(question: Question, report: Report) -> Answer:
    report("doubling", 0.5)
    report.tell(Log(text="a line"))
    return Answer(number=2 * question.number)


def told(redis: Redis) -> list[Event]:
    return [events.validate_json(fields[FIELD.encode()]) for _, fields in redis.xrange(stream_key("1"))]


def run(redis: Redis, body: Any = double, given: Any = None) -> Event:
    message = job({"number": 21} if given is None else given).model_dump(mode="json")
    attempt(Fulfilment(CONTRACT, body), message, redis, BEAT, "w@h")
    return told(redis)[-1]


def test_the_stream_tells_the_story_and_ends_with_the_answer(redis_client: Redis) -> None:
    run(redis_client)

    match told(redis_client):
        case [Started(worker="w@h", trace_id="t"), Progress(text="doubling", fraction=0.5), Log(), Done(output=output)]:
            assert output == {"number": 42}
        case other:
            pytest.fail(f"told {other}")


def test_the_stream_is_kept_for_a_day(redis_client: Redis) -> None:
    run(redis_client)

    assert 86_000 < redis_client.ttl(stream_key("1")) <= 86_400


def test_an_input_that_does_not_fit_is_named(redis_client: Redis) -> None:
    ending = run(redis_client, given={"number": "many", "extra": 1})

    assert isinstance(ending, Failed)
    assert ending.failure.code == "invalid_input"
    assert "number" in ending.failure.message
    assert "extra" in ending.failure.message


@pytest.mark.parametrize(
    ("trouble", "code", "message"),
    [
        (TaskError("No population 'x'; this circuit has a, b"), "failed", "No population 'x'; this circuit has a, b"),
        (TransferFailed("The store is away"), "failed", "The store is away"),
        (SoftTimeLimitExceeded(), "timed_out", "It ran longer than the 5 s it may take."),
    ],
)
def test_trouble_with_a_name_reaches_the_person(
    trouble: Exception, code: str, message: str, redis_client: Redis
) -> None:
    def fail(question: Question, report: Report) -> Answer:
        raise trouble

    ending = run(redis_client, fail)

    assert isinstance(ending, Failed)
    assert (ending.failure.code, ending.failure.message) == (code, message)


def test_a_bug_is_logged_and_its_text_stays_inside(redis_client: Redis, caplog: pytest.LogCaptureFixture) -> None:
    def crash(question: Question, report: Report) -> Answer:
        raise KeyError("internal-detail")

    ending = run(redis_client, crash)

    assert isinstance(ending, Failed)
    assert ending.failure.code == "crashed"
    assert "internal-detail" not in ending.failure.message
    assert "internal-detail" in caplog.text


def test_a_body_that_answers_with_something_else_has_crashed(redis_client: Redis) -> None:
    ending = run(redis_client, lambda question, report: "not an Answer")

    assert isinstance(ending, Failed)
    assert ending.failure.code == "crashed"


def test_an_answer_that_can_t_be_written_down_is_a_crash_and_not_a_silence(redis_client: Redis) -> None:
    class AnyAnswer(Message):
        text: JsonValue

    contract = TaskContract("odd", "test_q", Question, AnyAnswer, timedelta(seconds=5), "Answers oddly.")
    message = job({"number": 1}).model_dump(mode="json")

    attempt(Fulfilment(contract, lambda _, __: AnyAnswer(text="\ud800")), message, redis_client, BEAT, "w@h")

    ending = told(redis_client)[-1]
    assert isinstance(ending, Failed)
    assert ending.failure.code == "crashed"


def test_a_task_that_has_ended_does_not_run_again(redis_client: Redis) -> None:
    first = run(redis_client)

    assert run(redis_client, lambda question, report: pytest.fail("it ran twice")) == first
    assert sum(isinstance(event, Done | Failed) for event in told(redis_client)) == 1

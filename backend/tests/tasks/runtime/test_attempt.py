"""The edge of the worker: whatever happens in a body becomes one ending, or a pause."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from pydantic import JsonValue
from redis import Redis
from tasks.jobs import BEAT, job

from neuroagent.task_schemas.contract import Message, Retries, TaskContract
from neuroagent.task_schemas.errors import (
    Database,
    ExternalService,
    InvalidInput,
    Permanent,
    RateLimited,
    Retryable,
    TaskError,
)
from neuroagent.task_schemas.events import (
    FIELD,
    Cancelled,
    Done,
    Event,
    Failed,
    Log,
    Progress,
    Retrying,
    Started,
    WaitingInput,
    events,
)
from neuroagent.task_schemas.turns import Keys
from neuroagent.tasks.runtime.attempt import Desk, attempt
from neuroagent.tasks.runtime.heartbeat import _alarm
from neuroagent.tasks.runtime.report import AskPerson, Report
from neuroagent.tasks.runtime.task import Fulfilment
from neuroagent.tasks.transfer import TransferFailed

KEYS = Keys("1")


class Question(Message):
    number: int


class Answer(Message):
    value: JsonValue


CONTRACT = TaskContract(
    "double", "test_q", Question, Answer, timedelta(seconds=5), "Doubles a number.", Retries(2, timedelta(seconds=8))
)


def double(question: Question, report: Report) -> Answer:
    report("doubling", 0.5)
    report.log("a line")
    return Answer(value=2 * question.number)


def told(redis: Redis) -> list[Event]:
    return [events.validate_json(fields[FIELD.encode()]) for _, fields in redis.xrange(KEYS.stream)]


def run(redis: Redis, body: Any = double, given: Any = None, lease: float = 2.0, **changes: Any) -> Event:
    message = job({"number": 21} if given is None else given, **changes).model_dump(mode="json")
    attempt(Fulfilment(CONTRACT, body), message, Desk(redis, "w@h", BEAT, lease))
    return told(redis)[-1]


def raising(trouble: Exception) -> Any:
    def fail(question: Question, report: Report) -> Answer:
        raise trouble

    return fail


def test_the_stream_tells_the_story_and_ends_with_the_answer(redis_client: Redis) -> None:
    run(redis_client)

    match told(redis_client):
        case [
            Started(worker="w@h", trace_id="t", attempt=1),
            Progress(text="doubling", fraction=0.5),
            Log(),
            Done() as done,
        ]:
            assert done.output == {"value": 42}
        case other:
            pytest.fail(f"told {other}")


def test_a_body_may_be_async_and_the_loop_stays_open(redis_client: Redis) -> None:
    loops = []

    async def body(question: Question, report: Report) -> Answer:
        loops.append(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return Answer(value=question.number)

    assert isinstance(run(redis_client, body), Done)
    redis_client.flushall()
    assert isinstance(run(redis_client, body), Done)
    assert loops[0] is loops[1]


def test_an_input_that_does_not_fit_is_named(redis_client: Redis) -> None:
    ending = run(redis_client, given={"number": "many", "extra": 1})

    assert isinstance(ending, Failed)
    assert ending.failure.code == "invalid_input"
    assert "number" in ending.failure.message
    assert "extra" in ending.failure.message


@pytest.mark.parametrize(
    ("trouble", "code", "message"),
    [
        (
            TaskError("No population 'x'; this circuit has a, b"),
            "permanent",
            "No population 'x'; this circuit has a, b",
        ),
        (Permanent("Gone", "gone"), "permanent", "Gone"),
        (InvalidInput("No such column"), "invalid_input", "No such column"),
        (TransferFailed("The store is away"), "permanent", "The store is away"),
        (SoftTimeLimitExceeded(), "soft_timeout", "It ran longer than the 5 s it may take."),
    ],
)
def test_trouble_with_a_name_reaches_the_person(
    trouble: Exception, code: str, message: str, redis_client: Redis
) -> None:
    ending = run(redis_client, raising(trouble))

    assert isinstance(ending, Failed)
    assert (ending.failure.code, ending.failure.message) == (code, message)


@pytest.mark.parametrize(
    ("trouble", "code", "least"),
    [
        (Retryable("later"), "retryable", 4.0),
        (RateLimited("slow down", retry_after=30), "rate_limited", 30.0),
        (ExternalService("away", service="entitycore"), "external_service", 4.0),
        (Database("away"), "database", 4.0),
    ],
)
def test_what_may_work_another_time_rests_and_then_fails(
    trouble: Retryable, code: str, least: float, redis_client: Redis
) -> None:
    pause = run(redis_client, raising(trouble))

    assert isinstance(pause, Retrying)
    assert (pause.failure.code, pause.attempt) == (code, 1)
    assert least <= pause.pause <= max(least, 8.0)
    last = run(redis_client, raising(trouble))
    assert isinstance(last, Failed), "the contract allows two attempts"
    assert last.failure.code == code


def test_a_bug_is_logged_and_its_text_stays_inside(redis_client: Redis, caplog: pytest.LogCaptureFixture) -> None:
    ending = run(redis_client, raising(KeyError("internal-detail")))

    assert isinstance(ending, Failed)
    assert ending.failure.code == "crashed"
    assert "internal-detail" not in ending.failure.message
    assert "internal-detail" in caplog.text


def test_a_body_that_answers_with_something_else_has_crashed(redis_client: Redis) -> None:
    ending = run(redis_client, lambda question, report: "not an Answer")

    assert isinstance(ending, Failed)
    assert ending.failure.code == "crashed"


def test_an_answer_that_can_t_be_written_down_is_a_crash_and_not_a_silence(redis_client: Redis) -> None:
    ending = run(redis_client, lambda question, report: Answer(value="\ud800"))

    assert isinstance(ending, Failed)
    assert ending.failure.code == "crashed"


def test_a_question_to_a_person_ends_the_attempt_and_the_answer_starts_the_next(redis_client: Redis) -> None:
    def body(question: Question, report: Report) -> Answer:
        if report.answer is None:
            raise AskPerson({"proceed?": question.number})
        return Answer(value=report.answer)

    waiting = run(redis_client, body)

    assert isinstance(waiting, WaitingInput)
    assert waiting.question == {"proceed?": 21}
    assert not redis_client.exists(KEYS.lease), "a person's answer holds no worker"
    ending = run(redis_client, body, answer="yes")
    assert isinstance(ending, Done)
    assert ending.output == {"value": "yes"}


def test_a_task_that_has_ended_does_not_run_again(redis_client: Redis) -> None:
    first = run(redis_client)

    assert run(redis_client, lambda question, report: pytest.fail("it ran twice")) == first
    assert sum(isinstance(event, Done | Failed) for event in told(redis_client)) == 1


@pytest.mark.parametrize("is_async", [False, True])
def test_a_running_body_is_interrupted_when_its_task_is_cancelled(is_async: bool, redis_client: Redis) -> None:
    tidied = []

    def plain(question: Question, report: Report) -> Answer:
        redis_client.set(KEYS.cancel, "1")
        time.sleep(30)
        return Answer(value=None)

    async def in_a_loop(question: Question, report: Report) -> Answer:
        redis_client.set(KEYS.cancel, "1")
        try:
            await asyncio.sleep(30)
        finally:
            tidied.append("tidied")
        return Answer(value=None)

    start = time.monotonic()
    ending = run(redis_client, in_a_loop if is_async else plain)

    assert isinstance(ending, Cancelled)
    assert time.monotonic() - start < 15, "far less than the thirty seconds of the body"
    assert tidied == (["tidied"] if is_async else [])


def test_a_body_longer_than_its_lease_keeps_it(redis_client: Redis) -> None:
    def long(question: Question, report: Report) -> Answer:
        for _ in range(8):
            time.sleep(0.25)
            assert redis_client.exists(KEYS.lease)
        return Answer(value="slow")

    assert isinstance(run(redis_client, long, lease=0.6), Done)


def test_a_body_that_lost_its_lease_is_stopped_and_says_nothing(redis_client: Redis) -> None:
    def stolen(question: Question, report: Report) -> Answer:
        redis_client.set(KEYS.lease, "another@h#2", px=60_000)
        time.sleep(30)
        return Answer(value=None)

    assert isinstance(run(redis_client, stolen), Started)
    assert redis_client.get(KEYS.lease) == b"another@h#2"


class Meanwhile(logging.Handler):
    """Something happens at the moment at which the log says `what`: the body is over, and its attempt isn't yet."""

    def __init__(self, what: str, happens: Callable[[], object]) -> None:
        super().__init__()
        self._what, self._happens = what, happens

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == self._what:
            self._happens()

    def __enter__(self) -> None:
        logging.getLogger("neuroagent").addHandler(self)

    def __exit__(self, *trouble: object) -> None:
        logging.getLogger("neuroagent").removeHandler(self)


def test_a_cancel_after_the_body_ends_the_attempt_all_the_same(redis_client: Redis) -> None:
    def cancel() -> None:
        redis_client.set(KEYS.cancel, "1")
        time.sleep(1.5)  # long enough for the heartbeat to hear of it

    with Meanwhile("task.gave_up", cancel):
        ending = run(redis_client, raising(Retryable("later")), attempts=1)

    assert isinstance(ending, Cancelled)
    assert not redis_client.exists(KEYS.lease)


@pytest.fixture
def soft_limit() -> Iterator[Callable[[], None]]:
    """As the pool installs it in each of its processes, and the call that strikes."""

    def strike(number: int, frame: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGUSR1, strike)
    _alarm.cache_clear()  # a process of the pool finds it when it sets its own for the first time
    yield lambda: signal.raise_signal(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, before)
    _alarm.cache_clear()


def test_a_time_limit_after_the_body_leaves_its_ending_as_it_is(
    redis_client: Redis, soft_limit: Callable[[], None]
) -> None:
    with Meanwhile("task.gave_up", soft_limit):
        ending = run(redis_client, raising(Retryable("the provider is away")), attempts=1)

    assert isinstance(ending, Failed)
    assert ending.failure.message == "the provider is away"


def test_a_time_limit_while_the_ending_is_told_leaves_it_as_it_is(
    redis_client: Redis, soft_limit: Callable[[], None]
) -> None:
    with Meanwhile("task.answer_unspeakable", soft_limit):
        ending = run(redis_client, lambda question, report: Answer(value="\ud800"))

    assert isinstance(ending, Failed)
    assert ending.failure.code == "crashed"


def test_a_time_limit_in_the_body_ends_it(redis_client: Redis, soft_limit: Callable[[], None]) -> None:
    def slow(question: Question, report: Report) -> Answer:
        soft_limit()
        return Answer(value=question.number)

    ending = run(redis_client, slow)

    assert isinstance(ending, Failed)
    assert ending.failure.code == "soft_timeout"


def test_a_time_limit_after_the_attempt_strikes_nobody_and_the_next_body_has_its_own(
    redis_client: Redis, soft_limit: Callable[[], None]
) -> None:
    run(redis_client)
    soft_limit()
    redis_client.flushdb()

    def body(_question: Question, _report: Report) -> None:
        soft_limit()

    ending = run(redis_client, body)

    assert isinstance(ending, Failed)
    assert ending.failure.code == "soft_timeout"

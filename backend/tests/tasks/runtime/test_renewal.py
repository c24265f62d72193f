"""A link that ran out is renewed over Redis; what the app refuses is said."""

from threading import Thread

import pytest
from redis import Redis
from tasks.jobs import upload_grant

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.jobs import RENEWALS_KEY, RenewalReply, RenewalRequest
from neuroagent.tasks.runtime import renewal
from neuroagent.tasks.runtime.renewal import link_renewer, renewer


def answering(redis: Redis, reply: RenewalReply) -> Thread:
    """Stands where the app stands: reads one request, answers it."""

    def answer() -> None:
        [(_, [(_, fields)])] = redis.xread({RENEWALS_KEY: "0"}, block=10_000, count=1)
        request = RenewalRequest.model_validate_json(fields[b"request"])
        assert (request.task_id, request.renewal) == ("1", "old")
        redis.rpush(request.reply_to, reply.model_dump_json())

    thread = Thread(target=answer)
    thread.start()
    return thread


def test_the_app_s_grant_is_handed_on(redis_client: Redis) -> None:
    grant = upload_grant(renewal="new")
    app = answering(redis_client, RenewalReply(upload=grant))

    assert renewer(redis_client, "1")("old") == grant
    app.join()


def test_a_refusal_says_why(redis_client: Redis) -> None:
    app = answering(redis_client, RenewalReply(refusal="the task isn't running"))

    with pytest.raises(TaskError, match="the task isn't running"):
        renewer(redis_client, "1")("old")
    app.join()


def test_no_app_is_said_too(redis_client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "PATIENCE", 1.0)

    with pytest.raises(TaskError, match="no app answered within 1 s"):
        renewer(redis_client, "1")("old")


def test_a_link_elsewhere_is_handed_on_and_a_refusal_says_why(redis_client: Redis) -> None:
    app = answering(redis_client, RenewalReply(link="https://store.example/new"))
    assert link_renewer(redis_client, "1")("old") == "https://store.example/new"
    app.join()
    redis_client.delete(RENEWALS_KEY)

    app = answering(redis_client, RenewalReply(refusal="the provider is away"))
    with pytest.raises(TaskError, match="the provider is away"):
        link_renewer(redis_client, "1")("old")
    app.join()

"""What waits for a person outlives the app, and goes on in whichever process hears the answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from end_to_end.chat.conversations import MortalApp, Talk, apps, napping_worker, text_of
from end_to_end.faults.diary import Diary
from processes import RedisServer, redis_server, until

pytestmark = pytest.mark.xdist_group("chat survives")
ASKS = {"NEUROAGENT_APPROVALS__TOOLS": json.dumps({"nap": {"argument": "seconds", "unlike": ["0.1"]}})}


@dataclass(frozen=True)
class Stage:
    apps: list[MortalApp]
    diary: Diary
    redis: RedisServer


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with (
        redis_server(tmp_path / "redis") as redis,
        napping_worker(redis, tmp_path) as diary,
        apps(redis, tmp_path, 2) as two,
    ):
        yield Stage(two, diary, redis)


def began(diary: Diary) -> int:
    return sum(line.what == "start" for line in diary.lines())


def pending(talk: Talk) -> str:
    [waiting] = talk.client.get("/api/approvals", params={"state": "pending"}).json()["approvals"]
    return str(waiting["id"])


def types(talk: Talk) -> list[str]:
    return [one["type"] for one in talk.client.get("/api/notifications").json()["notifications"]]


def test_a_question_outlives_the_app_and_an_empty_redis(stage: Stage) -> None:
    [app, _] = stage.apps
    talk = app.start(**ASKS)
    asked = talk.told('/nap {"seconds": 0.5}')
    assert [chunk["type"] for chunk in asked[-3:]] == ["tool-approval-request", "finish-step", "finish"]
    app.kill()
    with stage.redis.connect() as redis:
        redis.flushall()
    talk = app.start(**ASKS)
    with talk.read() as again:
        assert list(again)[-3]["type"] == "tool-approval-request"
    assert began(stage.diary) == 0

    assert talk.client.post(f"/api/approvals/{pending(talk)}", json={"decision": "approve"}).is_success

    talk.until_idle()
    [question, answer] = talk.messages()
    assert (answer["parent"], answer["state"]) == (question["id"], "complete")
    assert text_of(answer).startswith("Slept well"), answer
    assert began(stage.diary) == 1
    until(lambda: len(types(talk)) == 4, "all is told")
    assert types(talk)[-1] == "approval_pending"


def test_a_process_that_dies_right_after_the_yes_calls_once_all_the_same(stage: Stage) -> None:
    [first, second] = stage.apps
    talk, other = first.start(**ASKS), second.start(**ASKS)
    talk.told('/nap {"seconds": 1.5}')

    assert talk.client.post(f"/api/approvals/{pending(talk)}", json={"decision": "approve"}).is_success
    first.kill()

    other.until_idle()
    [_, answer] = other.messages()
    assert text_of(answer).startswith("Slept well")
    assert began(stage.diary) == 1


def test_of_answers_in_two_processes_at_once_one_counts_and_a_rule_lets_others_pass(stage: Stage) -> None:
    [first, second] = stage.apps
    talk, other = first.start(**ASKS), second.start(**ASKS)
    talk.told('/nap {"seconds": 0.1}')
    assert began(stage.diary) == 1, "the rule has nothing against a short one"
    talk.told('/nap {"seconds": 0.2}')
    approval = pending(talk)

    answers = [one.client.post(f"/api/approvals/{approval}", json={"decision": "deny"}) for one in (other, talk)]

    assert [answer.status_code for answer in answers] == [200, 409]
    other.until_idle()
    assert "The person said no." in text_of(other.messages()[-1])
    assert began(stage.diary) == 1

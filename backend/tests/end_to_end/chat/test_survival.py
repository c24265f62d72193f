"""An answer survives the reader, the app and its clean end; a tool is called once, whatever dies."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from end_to_end.chat.conversations import MortalApp, Talk, apps, napping_worker, said, text_of
from end_to_end.faults.diary import Diary
from processes import RedisServer, redis_server, until

pytestmark = pytest.mark.xdist_group("chat survives")


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


def task_states(talk: Talk) -> list[str]:
    return [task["state"] for task in talk.client.get("/api/tasks").json()["tasks"]]


def test_an_app_killed_in_a_slow_tool_call_ends_in_one_complete_answer(stage: Stage) -> None:
    [app, _] = stage.apps
    talk = app.start()
    with talk.asked('/nap {"seconds": 3}') as answer:
        next(chunk for chunk in answer if chunk.get("data", {}).get("state") == "running")
        app.kill()
        with pytest.raises(httpx.TransportError):
            list(answer)
    talk = app.start()

    talk.until_idle()

    [question, answer] = talk.messages()
    assert (answer["parent"], answer["state"]) == (question["id"], "complete")
    assert text_of(answer).startswith("Slept well"), answer
    assert [part["state"] for part in answer["parts"] if part["type"] == "tool-nap"] == ["output-available"]
    assert began(stage.diary) == 1


def test_another_process_takes_up_what_a_killed_one_left(stage: Stage) -> None:
    [first, second] = stage.apps
    talk, other = first.start(), second.start()
    with talk.asked('/nap {"seconds": 1}') as answer:
        until(lambda: began(stage.diary) == 1, "the tool runs")
        assert next(answer)["type"] == "start"
        first.kill()
        with other.read() as stream:
            heard = list(stream)

    other.until_idle()

    assert [text_of(message)[:10] for message in other.messages()] == ['/nap {"sec', "Slept well"]
    assert began(stage.diary) == 1
    if heard[-1]["type"] == "finish":
        assert said(heard) == text_of(other.messages()[1]), "who was there heard what is kept"


def test_an_app_that_is_ended_cleanly_hands_its_run_over_at_once(stage: Stage) -> None:
    [app, _] = stage.apps
    talk = app.start()
    with talk.asked('/nap {"seconds": 2}') as answer:
        assert next(answer)["type"] == "start"
        until(lambda: began(stage.diary) == 1, "the tool runs")
    app.close()

    talk = app.start()
    talk.until_idle()

    assert text_of(talk.messages()[1]).startswith("Slept well")
    assert began(stage.diary) == 1


def test_who_leaves_and_comes_back_hears_all_of_it(stage: Stage) -> None:
    [app, _] = stage.apps
    talk = app.start()
    with talk.asked('/nap {"seconds": 1.5}') as answer:
        assert next(answer)["type"] == "start"

    with talk.read() as one, talk.read() as another:
        heard = list(one)
        assert heard == list(another)

    assert [heard[0]["type"], heard[-1]["type"]] == ["start", "finish"]
    assert said(heard).startswith("Slept well")
    with talk.read() as afterwards:
        assert list(afterwards) == []
    assert len(talk.messages()) == 2


def test_a_stop_keeps_what_was_there_and_cancels_the_tool(stage: Stage) -> None:
    [app, other] = stage.apps
    talk, elsewhere = app.start(), other.start()
    with talk.asked('/nap {"seconds": 30}') as answer:
        run = next(answer)["messageMetadata"]["runId"]
        until(lambda: began(stage.diary) == 1, "the tool runs")
        assert elsewhere.client.post("/api/chat/t1/stop", json={"run": "another"}).status_code == 409

        stopped = elsewhere.client.post("/api/chat/t1/stop", json={"run": run})

        assert stopped.status_code == 202
        assert list(answer)[-1]["type"] == "abort"
    [_, kept] = talk.messages()
    assert kept["state"] == "stopped"
    assert [part["errorText"] for part in kept["parts"] if part["type"] == "tool-nap"] == [
        "It was stopped before it ended."
    ]
    until(lambda: task_states(talk) == ["cancelled"], "the tool's task is cancelled")
    assert elsewhere.client.post("/api/chat/t1/stop", json={}).status_code == 409


def test_what_is_asked_meanwhile_waits_its_turn_and_can_be_taken_back(stage: Stage) -> None:
    [app, _] = stage.apps
    talk = app.start()
    with talk.asked('/nap {"seconds": 2}') as first:
        assert next(first)["type"] == "start"
        with talk.asked("/check_worker") as taken_back, talk.asked("what can you do?") as third:
            [running, second, last] = talk.look()["runs"]
            assert [run["state"] for run in (running, second, last)] == ["running", "queued", "queued"]

            assert talk.client.delete(f"/api/chat/t1/queue/{running['id']}").status_code == 409
            assert talk.client.delete(f"/api/chat/t1/queue/{second['id']}").status_code == 204

            assert list(taken_back) == [{"type": "abort"}]
            assert said(list(first)).startswith("Slept well")
            assert "built-in model" in said(list(third))

    tree = talk.client.get("/api/threads/t1/messages").json()
    words = {message["id"]: text_of(message)[:11] for message in tree["messages"]}
    assert [words[one] for one in tree["branch"]] == ['/nap {"seco', "Slept well:", "what can yo", "I am the bu"]
    assert len(words) == 4
    assert began(stage.diary) == 1

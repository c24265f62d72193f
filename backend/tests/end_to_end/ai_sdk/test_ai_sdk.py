"""The AI SDK's own client classes, both versions of them, at a real app with a real worker."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from end_to_end.chat.conversations import TOKEN, apps, napping_worker
from pages import FRONTEND, built_page, deno, deno_environment
from processes import redis_server

pytestmark = pytest.mark.xdist_group("ai sdk")  # one system serves them all
Play = Callable[[str], Any]
ASKED, WRITTEN, DONE = ("tool-nap input-streaming", "tool-nap input-available", "tool-nap output-available")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    built_page()  # the client's packages lie beside it then
    folder = tmp_path_factory.mktemp("ai sdk")
    with redis_server(folder / "redis") as redis, napping_worker(redis, folder), apps(redis, folder) as [one]:
        yield str(one.start().client.base_url)


@pytest.fixture(params=["6", "7"])
def play(request: pytest.FixtureRequest, address: str) -> Play:
    """What a client of this version has in its hands when a scenario is over."""

    def played(scenario: str) -> Any:
        command = [str(deno()), "run", "--quiet", "--no-check", "-A", "tests/ai_sdk.ts", request.param, scenario]
        variables = deno_environment() | {"APP_URL": address, "APP_TOKEN": TOKEN}
        ran = subprocess.run(
            command, cwd=FRONTEND, env=variables, capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return played


def text_of(message: Any) -> str:
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


def tool_of(message: Any) -> Any:
    [tool] = [part for part in message["parts"] if part["type"].startswith("tool-")]
    return tool


def test_words_come_and_are_kept_under_the_same_id(play: Play) -> None:
    came = play("text")

    question, answer = came["messages"]
    assert came["status"] == "ready"
    assert "built-in model" in text_of(answer)
    assert [one["id"] for one in came["kept"]["messages"]] == [question["id"], answer["id"]]


def test_a_tool_call_is_seen_from_its_input_to_its_output(play: Play) -> None:
    came = play("tool")

    assert [state for state in came["seen"] if state.startswith("tool-")] == [ASKED, WRITTEN, DONE]
    assert "data-tool running" in came["seen"]
    assert tool_of(came["messages"][-1])["input"] == {"seconds": 1}


def test_what_goes_on_replaces_itself_in_place(play: Play) -> None:
    parts = play("tool")["messages"][-1]["parts"]

    assert [part["data"]["state"] for part in parts if part["type"] == "data-tool"] == ["done"]


def test_arguments_that_don_t_fit_are_a_tool_s_error(play: Play) -> None:
    tool = tool_of(play("wrong")["messages"][-1])

    assert tool["state"] == "output-error"
    assert "seconds" in tool["errorText"]


def test_a_refusal_reaches_the_client_as_its_error(play: Play) -> None:
    came = play("refused")

    assert came["status"] == "error"
    assert json.loads(came["error"])["error"]["code"] == "invalid_input"


@pytest.mark.parametrize("scenario", ["resume", "drop"])
def test_who_comes_back_hears_all_of_it(play: Play, scenario: str) -> None:
    came = play(scenario)

    assert came["status"] == "ready"
    assert tool_of(came["messages"][-1])["state"] == "output-available"
    assert "Slept well" in text_of(came["messages"][-1])
    assert came["messages"][-1]["id"] == came["kept"]["messages"][-1]["id"]


def test_a_dropped_connection_is_an_error_to_the_client(play: Play) -> None:
    assert play("drop")["dropped"] == "error"


def test_where_nothing_runs_nothing_is_resumed(play: Play) -> None:
    came = play("idle")

    assert came["status"] == "ready"
    assert len(came["messages"]) == 2


def test_a_stop_ends_it_and_keeps_what_was_there(play: Play) -> None:
    came = play("stop")

    assert came["status"] == "ready"
    assert came["kept"]["messages"][-1]["state"] == "stopped"


def test_another_answer_stands_beside_the_first(play: Play) -> None:
    came = play("regenerate")

    parents = [one["parent"] for one in came["kept"]["messages"] if one["role"] == "assistant"]
    assert len(parents) == 2
    assert len(set(parents)) == 1
    assert came["messages"][-1]["id"] == came["kept"]["branch"][-1] != came["first"]


def test_an_edit_stands_beside_what_it_edits(play: Play) -> None:
    kept = play("edit")["kept"]["messages"]

    asked = [one for one in kept if one["role"] == "user"]
    assert [(one["parent"], text_of(one)) for one in asked] == [(None, "hello"), (None, "hello again")]

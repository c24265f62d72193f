"""Programs that know the OpenAI API and nothing of us: openai-python, `llm`, and the AI SDK under Deno."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from deno_programs import Program
from end_to_end.doors.conftest import Doors
from openai.types.chat import ChatCompletionMessageParam
from processes import until

pytestmark = pytest.mark.xdist_group("openai clients")  # one system serves them all

STORE = '/check_worker {"store": true}'


@pytest.fixture
def client(doors: Doors) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{doors.url}/v1", api_key=doors.token, timeout=60) as opened:
        yield opened


def user(text: str) -> ChatCompletionMessageParam:
    return {"role": "user", "content": text}


def test_openai_python_lists_the_model(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["built-in"]
    assert client.models.retrieve("built-in").owned_by == "neuroagent"


def test_openai_python_hears_a_tool_as_reasoning_and_its_file_as_a_link(client: openai.OpenAI, doors: Doors) -> None:
    answer = client.chat.completions.create(model="built-in", messages=[user(STORE)], temperature=0)

    [choice] = answer.choices
    assert (choice.finish_reason, choice.message.tool_calls) == ("stop", None)
    content, thought = str(choice.message.content), str(getattr(choice.message, "reasoning_content", ""))
    assert "is alive" in content
    assert thought.startswith('check_worker {"store": true}')
    assert thought.endswith("check_worker: done\n")
    link = content.partition("](")[2].partition(")")[0]
    fetched = httpx.get(link, headers={"authorization": f"Bearer {doors.token}"}, follow_redirects=True)
    assert fetched.text.startswith("stored by celery@")
    assert answer.usage is not None
    assert answer.usage.total_tokens > 0


def test_openai_python_streams(client: openai.OpenAI) -> None:
    options: Any = {"include_usage": True}
    with client.chat.completions.create(
        model="built-in", messages=[user(STORE)], stream=True, stream_options=options
    ) as stream:
        chunks = list(stream)

    choices = [choice for chunk in chunks for choice in chunk.choices]
    assert choices[0].delta.role == "assistant"
    assert "is alive" in "".join(choice.delta.content or "" for choice in choices)
    assert "check_worker" in "".join(getattr(choice.delta, "reasoning_content", "") for choice in choices)
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    assert chunks[-1].usage is not None


def test_openai_python_goes_on_in_one_thread(client: openai.OpenAI) -> None:
    messages = [user(STORE)]
    threads = []
    for question in ("hello", "again", "once more"):
        answer = client.chat.completions.with_raw_response.create(model="built-in", messages=messages)
        threads.append(answer.headers["x-thread-id"])
        said = answer.parse().choices[0].message.content
        messages += [{"role": "assistant", "content": said}, user(question)]

    assert len(set(threads)) == 1


def test_openai_python_reads_our_refusals(client: openai.OpenAI, doors: Doors) -> None:
    with pytest.raises(openai.BadRequestError, match="can only be 1") as refused:
        client.chat.completions.create(model="built-in", messages=[user("x")], n=2)
    with pytest.raises(openai.NotFoundError, match="gpt-9"):
        client.chat.completions.create(model="gpt-9", messages=[user("x")])
    with pytest.raises(openai.AuthenticationError), openai.OpenAI(base_url=f"{doors.url}/v1", api_key="x") as stranger:
        stranger.models.list()

    assert (refused.value.param, refused.value.code) == ("n", "unsupported_value")


def test_who_hangs_up_finds_the_answer_in_the_thread(client: openai.OpenAI, doors: Doors) -> None:
    answer = client.chat.completions.with_raw_response.create(model="built-in", messages=[user(STORE)], stream=True)
    thread = answer.headers["x-thread-id"]
    answer.http_response.close()

    with httpx.Client(base_url=doors.url, headers={"authorization": f"Bearer {doors.token}"}) as person:
        until(lambda: person.get(f"/api/threads/{thread}").json()["runs"] == [], "it is answered")
        [_, kept] = person.get(f"/api/threads/{thread}/messages").json()["messages"]
    assert kept["state"] == "complete"
    assert "is alive" in kept["parts"][-1]["text"]


def test_llm_talks_and_goes_on(doors: Doors, tmp_path: Path) -> None:
    models = [{"model_id": "ours", "model_name": "built-in", "api_base": f"{doors.url}/v1", "api_key_name": "ours"}]
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps(models))
    (tmp_path / "keys.json").write_text(json.dumps({"ours": doors.token}))

    first = llm(tmp_path, "prompt", "-m", "ours", "-s", "Be brief.", "/check_worker")
    second = llm(tmp_path, "prompt", "-c", "/check_worker")

    assert "is alive" in first
    assert "is alive" in second
    with httpx.Client(base_url=doors.url, headers={"authorization": f"Bearer {doors.token}"}) as person:
        thread = person.get("/api/threads").json()["threads"][0]["id"]
        kept = person.get(f"/api/threads/{thread}/messages").json()["messages"]
    assert [message["role"] for message in kept] == ["system", "user", "assistant", "user", "assistant"]


def llm(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "llm", *arguments]
    environment = os.environ | {"LLM_USER_PATH": str(folder)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_ai_sdk_s_provider_hears_words_and_reasoning(doors: Doors, tmp_path: Path) -> None:
    program = Program(Path(__file__).with_name("ai_sdk"), tmp_path / "deno")
    program.fetch()

    heard = json.loads(program.run("client.mjs", f"{doors.url}/v1", doors.token, "/check_worker"))

    assert heard["errors"] == []
    for said in (heard["whole"], heard["streamed"]):
        assert "is alive" in said["text"]
        assert said["reasoning"].startswith("check_worker {}")
        assert said["reason"] == "stop"
    assert heard["whole"]["calls"] == 0
    assert heard["streamed"]["usage"]["totalTokens"] > 0
    assert not {"tool-call", "error"} & set(heard["streamed"]["types"])

"""What a stranger sees: what was shown, and nothing that leads back."""

import json
from base64 import b64decode
from typing import Any

from app.chat.tellings import NOON, TASK, message, ran, rows, stored, text, thread

from neuroagent.app.chat.export.conversation import Conversation
from neuroagent.app.chat.shares.snapshot import snapshot
from neuroagent.task_schemas.python import Figure, HomeFile

PNG, TABLE = stored("figure-1.png"), stored("out.csv", "text/csv")
ANSWER = [
    text("Let me see."),
    *ran(
        "plot()",
        "run-id-0-0",
        stdout="42\n",
        figures=(Figure(kind="matplotlib", files=(PNG,)),),
        files=(HomeFile(path="out.csv", change="created", file=TABLE),),
    ),
    {"type": "data-approval", "id": "x", "data": {"secret": "s"}},
]


def shown() -> dict[str, Any]:
    branch = rows(message("How many?"), message(ANSWER, "message-id", role="assistant", model="m", tokens_in=9))
    return snapshot(Conversation(thread(), branch, branch, figures={PNG.key: b"png"}))


def test_words_scripts_and_outputs_are_shown() -> None:
    question, answer = shown()["messages"]

    assert question["parts"] == [text("How many?")]
    assert answer["parts"][0] == text("Let me see.")
    call = answer["parts"][2]
    assert call["input"] == {"python_script": "plot()"}
    assert (call["output"]["stdout"], call["state"]) == ("42\n", "output-available")
    [picture] = call["output"]["figures"][0]["files"]
    assert b64decode(picture.pop("content")) == b"png"
    assert picture == {"name": "figure-1.png", "media_type": "image/png", "size": 3}
    assert call["output"]["files"][0]["file"] == {"name": "out.csv", "media_type": "text/csv", "size": 3}


def test_nothing_in_it_leads_anywhere() -> None:
    said = json.dumps(shown())

    for inner in (TASK, "tasks/", "run-id", "message-id", "ada", "t1", "w@h", "a reason of ours", "secret", "0" * 64):
        assert inner not in said


def test_it_holds_the_title_and_when() -> None:
    made = shown()

    assert made["title"] == "Layer 5"
    assert {one["created_at"] for one in made["messages"]} == {NOON.isoformat()}
    assert [one["id"] for one in made["messages"]] == ["1", "2"]

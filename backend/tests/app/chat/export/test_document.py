"""All of the tree, as JSON."""

import json

from app.chat.tellings import NOON, message, ran, rows, stored, thread

from neuroagent.app.chat.export.conversation import Conversation
from neuroagent.app.chat.export.document import as_document
from neuroagent.app.chat.files.models import ThreadFileRow


def test_every_branch_is_in_it_and_nothing_is_lost() -> None:
    tree = rows(
        message("a"),
        message(ran("1"), "a1", parent="u1", role="assistant", tokens_in=7, cost=0.25),
        message(ran("2"), "a2", parent="u1", role="assistant"),
    )
    file = ThreadFileRow(id="f", thread_id="t1", kind="made", created_at=NOON, **stored("x.png").model_dump())

    document = json.loads(json.dumps(as_document(Conversation(thread(), tree, [tree[0], tree[2]], [file]))))

    assert (document["format"], document["version"], document["title"]) == ("neuroagent.thread", 1, "Layer 5")
    assert document["branch"] == ["u1", "a2"]
    assert [one["parent"] for one in document["messages"]] == [None, "u1", "u1"]
    assert document["messages"][1]["parts"] == ran("1")
    assert (document["messages"][1]["tokens_in"], document["messages"][1]["cost"]) == (7, 0.25)
    assert [one["name"] for one in document["files"]] == ["x.png"]

"""A thread's files through the whole product: put in over HTTP, read by a script, made by it, taken along, shown."""

from collections.abc import Iterator
from typing import Any

import httpx
import nbformat
import pytest
import sandboxes
from end_to_end.chat.conversations import Talk
from processes import app, redis_server, until, worker

pytestmark = pytest.mark.xdist_group("scripts")
SCRIPT = """\
import plotly.graph_objects as go
rows = [line.split(",") for line in open("cells.csv").read().split()[1:]]
go.Figure(go.Bar(x=[layer for layer, _ in rows], y=[int(count) for _, count in rows])).show()
open("sum.txt", "w").write(str(sum(int(count) for _, count in rows)))
print(len(rows))
"""


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    image, folder = sandboxes.image(), tmp_path_factory.mktemp("thread files")
    settings = {"TASKS_SANDBOX__IMAGE": str(image.parent)}
    with (
        redis_server(folder / "redis") as redis,
        app(redis, folder) as client,
        worker(redis, folder, "-Q", "python_q", **settings),
    ):
        until(lambda: online(client), "a worker runs scripts")
        yield Talk(client)


def online(client: httpx.Client) -> bool:
    return bool(
        next(tool for tool in client.get("/api/tools").json()["tools"] if tool["name"] == "run_python")["online"]
    )


def test_what_is_put_in_is_read_and_what_is_made_is_listed_exported_and_shown(talk: Talk) -> None:
    talk.told("hello")
    put = talk.client.post("/api/threads/t1/files", files={"file": ("cells.csv", b"layer,count\n4,10\n5,32\n")})
    assert put.status_code == 201, put.text

    chunks = talk.told(f"/python {SCRIPT}")

    [came] = [chunk["output"] for chunk in chunks if chunk["type"] == "tool-output-available"]
    assert (came["status"], came["stdout"]) == ("done", "2\n"), came
    files: list[dict[str, Any]] = talk.client.get("/api/threads/t1/files").json()["files"]
    assert [(file["kind"], file["name"]) for file in files] == [("upload", "cells.csv"), ("made", "sum.txt")]
    assert talk.client.get(f"/api/threads/t1/files/{files[1]['id']}", follow_redirects=True).text == "42"
    notebook = talk.client.get("/api/threads/t1/export?format=notebook").json()
    nbformat.validate(notebook)
    [cell] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cell["source"].strip() == SCRIPT.strip()
    [printed, figure] = cell["outputs"]
    assert printed["text"] == "2\n"
    assert figure["data"]["application/vnd.plotly.v1+json"]["data"][0]["y"] == [10, 32]
    share = talk.client.post("/api/threads/t1/share").json()
    assert '"y":[10,32]' in httpx.get(talk.client.base_url.join(share["path"])).text
    hits = talk.client.get("/api/threads/search?q=plotly").json()["hits"]
    assert [hit["role"] for hit in hits] == ["assistant", "user"]  # the script, as it was asked for and as it ran

"""Scripts through the whole product: over HTTP, on real workers that are killed, with sessions that don't notice."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
import sandboxes
from processes import RedisServer, app, redis_server, until, worker

pytestmark = pytest.mark.xdist_group("scripts")  # one system serves them all
LEASE = 2.0
FIGURE = """
import plotly.graph_objects as go
heights = [3, 1, 2]
go.Figure(go.Bar(x=["a", "b", "c"], y=heights)).show()
open("notes.txt", "w").write("kept")
sum(heights)
"""


@dataclass
class System:
    """One app, and as many workers one after the other as are killed."""

    client: httpx.Client
    redis: RedisServer
    folder: Path
    image: Path
    workers: int = 0
    _at_work: ExitStack = field(default_factory=ExitStack)

    def hire(self) -> None:
        self._at_work.close()
        self.workers += 1
        folder = self.folder / f"worker {self.workers}"
        folder.mkdir()
        settings = {"TASKS_SANDBOX__IMAGE": str(self.image.parent), "TASKS_LEASE": str(LEASE)}
        self.process = self._at_work.enter_context(worker(self.redis, folder, "-Q", "python_q", **settings))

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)

    def submit(self, script: str, session: str | None = None, **more: Any) -> str:
        given = {"python_script": script, "session": session, **more}
        submitted = self.client.post("/api/tasks", json={"name": "run_python_tool", "input": given})
        assert submitted.status_code == 202, submitted.text
        return str(submitted.json()["id"])

    def answer(self, task_id: str) -> dict[str, Any]:
        task: dict[str, Any] = self.client.get(f"/api/tasks/{task_id}?wait=60").json()
        assert task["state"] == "done", task
        output: dict[str, Any] = task["output"]
        return output

    def run(self, script: str, session: str | None = None, **more: Any) -> dict[str, Any]:
        return self.answer(self.submit(script, session, **more))

    def close(self) -> None:
        self._at_work.close()


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    image, folder = sandboxes.image(), tmp_path_factory.mktemp("scripts")
    with redis_server(folder / "redis") as redis, app(redis, folder) as client:
        made = System(client, redis, folder, image)
        made.hire()
        yield made
        made.close()


def test_a_figure_is_drawn_and_the_next_run_has_the_variables_on_another_worker(system: System) -> None:
    first = system.run(FIGURE, session="thread-1")
    assert first["value"]["json_value"] == 6
    assert first["figures"][0]["plotly"]["data"][0]["y"] == [3, 1, 2]
    assert first["session"]["after"] == "saved"

    system.kill()
    system.hire()

    second = system.run("heights.append(4); [sum(heights), open('notes.txt').read()]", session="thread-1")
    assert second["value"]["json_value"] == [10, "kept"]
    assert second["session"]["before"] == "restored"


def test_without_a_session_nothing_is_kept(system: System) -> None:
    system.run("x = 1")

    assert system.run("'x' in globals()")["value"]["json_value"] is False


def test_another_session_sees_nothing_of_the_first(system: System) -> None:
    system.run("secret = 'mine'", session="one")

    assert system.run("'secret' in globals()", session="two")["value"]["json_value"] is False


def test_runs_of_one_session_that_are_sent_at_once_come_one_after_the_other(system: System) -> None:
    system.run("seen = []", session="queue")

    ids = [system.submit(f"seen.append({number}); list(seen)", session="queue") for number in range(4)]

    assert [len(system.answer(task_id)["value"]["json_value"]) for task_id in ids] == [1, 2, 3, 4]
    assert system.run("seen", session="queue")["value"]["json_value"] == [0, 1, 2, 3]


def test_a_worker_killed_in_the_middle_of_a_run_leaves_the_session_as_the_run_found_it(system: System) -> None:
    system.run("n = 1", session="killed")
    task_id = system.submit("n += 1\nprint('going', flush=True)\nimport time\ntime.sleep(6)\nn", session="killed")
    until(lambda: "going" in told_of(system, task_id), "the script runs")

    system.kill()
    system.hire()

    assert system.answer(task_id)["value"]["json_value"] == 2, "it began again where it had begun"
    assert system.run("n", session="killed")["value"]["json_value"] == 2


def test_output_is_told_while_the_script_runs(system: System) -> None:
    task_id = system.submit("print('early', flush=True)\nimport time\ntime.sleep(3)\nprint('late')")
    begun = monotonic()

    until(lambda: "early" in told_of(system, task_id), "the first line is told")

    assert system.client.get(f"/api/tasks/{task_id}?wait=0").json()["state"] not in {"done", "failed"}
    assert "late" in system.answer(task_id)["stdout"]
    assert monotonic() > begun


def test_who_cancels_keeps_the_variables(system: System) -> None:
    task_id = system.submit("m = 7\nprint('going', flush=True)\nwhile True: pass", session="cancelled", time_limit=60)
    until(lambda: "going" in told_of(system, task_id), "the script runs")

    system.client.post(f"/api/tasks/{task_id}/cancel")

    until(lambda: state_of(system, task_id) == "cancelled", "it is cancelled")
    after = system.run("m", session="cancelled")
    assert after["value"], after
    assert after["value"]["json_value"] == 7


def test_a_session_is_listed_and_deleted(system: System) -> None:
    system.run("x = 1", session="to-be-gone")
    listed = {one["name"]: one["bytes"] for one in system.client.get("/api/sessions").json()["sessions"]}
    assert listed["to-be-gone"] > 1_000

    assert system.client.delete("/api/sessions/to-be-gone").status_code == 204

    answer = system.run("'x' in globals()", session="to-be-gone")
    assert (answer["value"]["json_value"], answer["session"]["before"]) == (False, "new")


def test_a_file_made_by_one_run_is_given_to_another(system: System) -> None:
    made = system.run("open('table.csv', 'w').write('a,b\\n1,2\\n')")
    [file] = made["files"]

    read = system.run("open('table.csv').read()", files=[file["file"]])

    assert read["value"]["json_value"] == "a,b\n1,2\n"


def told_of(system: System, task_id: str) -> str:
    """What is told of it until now."""
    said = ""
    with system.client.stream("GET", f"/api/tasks/{task_id}/events", timeout=httpx.Timeout(30, read=1.0)) as stream:
        try:
            for line in stream.iter_lines():
                said += line
        except httpx.ReadTimeout:
            pass
    return said


def state_of(system: System, task_id: str) -> str:
    return str(system.client.get(f"/api/tasks/{task_id}?wait=0").json()["state"])

"""`./dev up`, the real thing: it answers, heals whichever of its processes is killed, and stops without a trace."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
import sandboxes
from processes import ROOT, free_port, until

pytestmark = pytest.mark.xdist_group("dev up")

NO_INDEX = ("can't be reached", "could not bring uv", "There is no Redis to bring")


def sandbox_settings() -> dict[str, str]:
    """The image that this checkout's tests have built; to build the default one takes as long as all else together."""
    image = {"TASKS_SANDBOX__IMAGE": str(sandboxes.image().parent)}
    return image | {"TASKS_SANDBOX__PACKAGES": ",".join(sandboxes.RECIPE.packages)}


@dataclass
class DevUp:
    """One data folder and its ports, which `./dev up` may run on again and again."""

    folder: Path
    port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "up.log"

    @property
    def token(self) -> str:
        return (self.data / "token").read_text().strip()

    def start(self) -> None:
        command: list[str | Path] = [
            ROOT / "dev",
            "up",
            "--data",
            self.data,
            "--port",
            str(self.port),
            "--redis-port",
            str(self.redis_port),
        ]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DEV_")}
        environment = inherited | sandbox_settings()
        with self.log.open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        self.process = process
        until(lambda: "Neuroagent is up" in self.said() or process.poll() is not None, "it is up", log=self.log)
        if process.poll() is not None and any(words in self.said() for words in NO_INDEX):
            pytest.skip("the environments of app and workers can't be installed: no package index can be reached")
        assert process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def ping(self) -> dict[str, Any]:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=40) as client:
            client.headers["authorization"] = f"Bearer {self.token}"
            submitted = client.post("/api/tasks", json={"name": "ping"})
            submitted.raise_for_status()
            answer: dict[str, Any] = client.get(f"/api/tasks/{submitted.json()['id']}?wait=5").json()
            return answer

    def answers(self) -> bool:
        try:
            return bool(self.ping()["state"] == "done")
        except (httpx.HTTPError, KeyError):
            return False

    def process_of(self, service: str) -> int:
        return int(json.loads((self.data / "run" / f"{service}.json").read_text())["pid"])

    def left_behind(self) -> list[str]:
        """Every process that was started for this data folder or for one of these ports."""
        listing = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
        marks = (str(self.data), f"--port {self.port}", f"127.0.0.1:{self.redis_port}")
        return [line for line in listing.splitlines() if any(mark in line for mark in marks)]

    def stop(self, sign: signal.Signals) -> float:
        assert self.process is not None
        start = monotonic()
        os.killpg(self.process.pid, sign)  # as a terminal does: the shell and the launcher both get it
        self.process.wait(30)
        return monotonic() - start


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevUp]:
    dev_up = DevUp(tmp_path_factory.mktemp("dev up"))
    try:
        dev_up.start()
        yield dev_up
    finally:
        if dev_up.process is not None and dev_up.process.poll() is None:
            dev_up.stop(signal.SIGTERM)
        subprocess.run([ROOT / "dev", "stop", "--data", dev_up.data], check=False, capture_output=True)


def children_of(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in listing.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def test_it_says_where_to_go_and_a_task_is_answered(up: DevUp) -> None:
    said = up.said()

    assert f"http://127.0.0.1:{up.port}" in said
    assert up.token in said
    assert str(up.data) in said
    assert up.ping()["output"]["pong"] is True


def test_a_demo_circuit_is_there_to_be_asked(up: DevUp) -> None:
    until(lambda: "A demo circuit is there" in up.said(), "the demo circuit is registered", log=up.log)
    with httpx.Client(base_url=f"http://127.0.0.1:{up.port}/api", timeout=90) as client:
        client.headers["authorization"] = f"Bearer {up.token}"
        [circuit] = client.get("/circuits").json()["circuits"]
        asking = {"question": "How many excitatory neurons per layer?"}
        asked = client.post(f"/circuits/{circuit['id']}/questions", json=asking).json()
        answer = client.get(f"/tasks/{asked['id']}?wait=60").json()

    assert circuit["name"] == "demo circuit"
    assert answer["output"]["chart"]["data"]


@pytest.mark.parametrize("victim", ["redis", "app", "tasks", "a child of tasks", "the launcher"])
def test_it_heals_whichever_process_is_killed(victim: str, up: DevUp) -> None:
    assert up.process is not None
    match victim:
        case "a child of tasks":
            pid = children_of(up.process_of("tasks"))[0]
        case "the launcher":
            [pid] = children_of(up.process.pid)
        case service:
            pid = up.process_of(service)

    os.kill(pid, signal.SIGKILL)

    until(lambda: not _lives(pid), "it is dead")
    until(up.answers, "a task is answered again", log=up.log)
    assert up.process.poll() is None


def _lives(pid: int) -> bool:
    return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout[
        :1
    ] not in {"", "Z"}


def test_a_second_one_on_the_same_data_is_refused(up: DevUp) -> None:
    command: list[str | Path] = [
        ROOT / "dev",
        "up",
        "--data",
        up.data,
        "--port",
        str(free_port()),
        "--redis-port",
        str(free_port()),
    ]
    second = subprocess.run(command, capture_output=True, text=True, check=False)

    assert second.returncode == 1
    assert "already" in second.stdout + second.stderr
    assert up.answers()


def test_a_taken_port_is_named_with_the_setting_that_changes_it(up: DevUp, tmp_path: Path) -> None:
    command: list[str | Path] = [
        ROOT / "dev",
        "up",
        "--data",
        tmp_path,
        "--port",
        str(up.port),
        "--redis-port",
        str(free_port()),
    ]
    second = subprocess.run(command, capture_output=True, text=True, check=False)

    assert second.returncode == 1
    said = second.stdout + second.stderr
    assert str(up.port) in said
    assert "NEUROAGENT_SERVER__PORT" in said


def test_ctrl_c_stops_it_within_ten_seconds_and_state_survives(up: DevUp) -> None:
    task_id, token = up.ping()["id"], up.token

    assert up.stop(signal.SIGINT) < 15, "ten seconds, and some for a busy machine"
    assert up.left_behind() == []

    up.start()
    assert up.token == token
    answer = httpx.get(f"http://127.0.0.1:{up.port}/api/tasks/{task_id}", headers={"authorization": f"Bearer {token}"})
    assert answer.json()["output"]["pong"] is True


def test_it_goes_on_without_its_shell_until_it_is_stopped(up: DevUp) -> None:
    assert up.process is not None
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()

    assert up.answers()
    subprocess.run([ROOT / "dev", "stop", "--data", up.data], check=True, capture_output=True)
    assert up.left_behind() == []

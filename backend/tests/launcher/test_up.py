import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.stand_ins import STUBBORN, Machine
from processes import until

from neuroagent.launcher import processes, records
from neuroagent.launcher.supervisor import record_of


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path / "check out")
    yield made
    made.clear()


def test_everything_starts_and_the_way_in_is_shown(machine: Machine) -> None:
    machine.up()

    said = machine.wait_for("Neuroagent is up.")

    for line in ("1/4  The app's packages, as locked", "3/4  Redis: redis-server", "4/4  Starting redis, tasks, app"):
        assert line in said
    assert f"Open   {machine.plan.url}" in said


@pytest.mark.parametrize("part", ["redis", "tasks", "app"])
def test_a_killed_part_comes_back(machine: Machine, part: str) -> None:
    machine.up()
    machine.wait_for("Neuroagent is up.")
    before = machine.pid(part)

    os.kill(before, signal.SIGKILL)

    machine.wait_for(f"{part} was killed")
    until(lambda: machine.pid(part) not in {0, before}, f"{part} runs again")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_its_order(machine: Machine, number: signal.Signals) -> None:
    launcher = machine.up()
    machine.wait_for("Neuroagent is up.")
    pids = [machine.pid(part) for part in ("redis", "tasks", "app")]

    launcher.send_signal(number)

    assert launcher.wait(60) == 0
    assert [processes.find(pid) for pid in pids] == [None, None, None]
    assert "Stopping app, tasks, redis" in machine.said()


def test_a_second_up_says_that_one_is_running(machine: Machine) -> None:
    first = machine.up()
    machine.wait_for("Neuroagent is up.")

    second = machine.up()

    assert second.wait(60) == 1
    assert f"(process {first.pid}, {machine.plan.url})" in machine.said()


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Machine]:
    """Its worker outlives even the kernel's TERM."""
    made = Machine(tmp_path / "stubborn", STUBBORN)
    yield made
    made.clear()


def test_after_a_killed_launcher_the_next_up_ends_what_is_left(stubborn: Machine) -> None:
    machine = stubborn
    launcher = machine.up()
    machine.wait_for("Neuroagent is up.")
    left = [machine.pid(part) for part in ("redis", "tasks", "app")]

    launcher.kill()
    launcher.wait()
    machine.up()

    machine.wait_for("Neuroagent is up.", times=2)
    assert [processes.find(pid) for pid in left] == [None, None, None]


def test_a_taken_port_is_named_before_anything_starts(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", machine.plan.port)):
        refused = machine.up()
        status = refused.wait(60)

    assert status == 1
    assert f"The app needs port {machine.plan.port}, but process {os.getpid()}" in machine.said()
    assert "NEUROAGENT_SERVER__PORT=" in machine.said()
    assert not record_of(machine.plan.run_folder, "redis").exists()


def test_with_a_redis_of_ones_own_none_is_started(machine: Machine) -> None:
    machine.up(NEUROAGENT_REDIS__HOST="box")

    said = machine.wait_for("Neuroagent is up.")

    assert "Redis is your own" in said
    assert records.load(record_of(machine.plan.run_folder, "redis")) is None


def test_only_one_part(machine: Machine) -> None:
    launcher: subprocess.Popen[bytes] = machine.up("--only", "redis")

    machine.wait_for("Started: redis.")

    assert launcher.poll() is None
    assert machine.pid("app") == 0

from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.stand_ins import STUBBORN, Machine, Output

from neuroagent.launcher import processes
from neuroagent.launcher.stop import stop


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path / "check out")
    yield made
    made.clear()


def test_it_ends_the_up_from_anywhere(machine: Machine, output: Output) -> None:
    launcher = machine.up()
    machine.wait_for("Neuroagent is up.")

    assert stop(machine.plan, output.terminal) == 0

    assert launcher.wait(60) == 0
    assert output.text().splitlines()[-1] == "Stopped."


def test_where_nothing_runs_it_says_so(machine: Machine, output: Output) -> None:
    assert stop(machine.plan, output.terminal) == 0

    assert output.text() == f"Nothing is running on {machine.plan.data}.\n"


def test_what_a_killed_launcher_left_is_ended(tmp_path: Path, output: Output) -> None:
    machine = Machine(tmp_path / "stubborn", STUBBORN)  # its worker outlives even the kernel's TERM
    launcher = machine.up()
    machine.wait_for("Neuroagent is up.")
    left = [machine.pid(part) for part in ("redis", "tasks", "app")]
    launcher.kill()
    launcher.wait()

    stop(machine.plan, output.terminal)

    assert [processes.find(pid) for pid in left] == [None, None, None]
    assert "Ended what a killed up had left running: " in output.text()

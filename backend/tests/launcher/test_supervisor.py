import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.stand_ins import PARENT, RUNAWAY_PARENT, SLEEPER, STUBBORN, Output, service
from processes import until

from neuroagent.launcher import processes, records
from neuroagent.launcher.supervisor import HEALTHY, PAUSES, Supervisor, ending, record_of


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def supervisor(output: Output, tmp_path: Path, clock: Clock) -> Iterator[Supervisor]:
    made = Supervisor(output.log, tmp_path / "run", clock=clock)
    yield made
    made.stop(lambda: True)


def is_gone(pid: int) -> bool:
    return processes.find(pid) is None


def tend_until_it_says(supervisor: Supervisor, output: Output, text: str, times: int = 1) -> str:
    def said() -> bool:
        supervisor.tend()
        return output.text().count(text) >= times

    until(said, f"the log says {text!r} {times} times")
    return output.text()


def child_of(output: Output) -> int:
    line = output.wait_for("child ").partition("child ")[2]
    return int(line.split()[0])


def test_what_is_killed_starts_again_at_once(supervisor: Supervisor, output: Output, tmp_path: Path) -> None:
    supervisor.start(service("app", SLEEPER, tmp_path))
    output.wait_for("app    │ begun")
    first = supervisor.pids()["app"]

    os.kill(first, signal.SIGKILL)

    said = tend_until_it_says(supervisor, output, "app    │ begun", times=2)
    assert "app was killed (SIGKILL: kill -9, or out of memory); starting it again now." in said
    assert supervisor.pids()["app"] != first


def test_one_death_does_not_touch_the_others(supervisor: Supervisor, output: Output, tmp_path: Path) -> None:
    supervisor.start(service("redis", SLEEPER, tmp_path))
    supervisor.start(service("app", SLEEPER, tmp_path))
    output.wait_for("begun", times=2)
    before = supervisor.pids()

    os.kill(before["app"], signal.SIGKILL)
    tend_until_it_says(supervisor, output, "app    │ begun", times=2)

    assert supervisor.pids()["redis"] == before["redis"]
    assert not is_gone(before["redis"])


def test_the_pause_grows_with_every_death(supervisor: Supervisor, output: Output, tmp_path: Path, clock: Clock) -> None:
    supervisor.start(service("app", "raise SystemExit(3)", tmp_path))

    for deaths in range(1, len(PAUSES) + 2):
        tend_until_it_says(supervisor, output, "app exited with status 3", times=deaths)
        clock.now += PAUSES[min(deaths, len(PAUSES)) - 1]

    ends = [line.rpartition("again ")[2] for line in output.text().splitlines() if "exited" in line]
    assert ends == ["now.", "in 1 s.", "in 2 s.", "in 4 s.", "in 8 s.", "in 16 s.", "in 30 s.", "in 30 s."]


def test_nothing_starts_before_its_pause_is_over(
    supervisor: Supervisor, output: Output, tmp_path: Path, clock: Clock
) -> None:
    supervisor.start(service("app", "raise SystemExit(3)", tmp_path))
    tend_until_it_says(supervisor, output, "in 1 s")

    supervisor.tend()
    before = supervisor.pids()
    clock.now += 1
    supervisor.tend()

    assert before == {}
    assert "app" in supervisor.pids()


def test_after_a_healthy_while_the_next_death_is_the_first_again(
    supervisor: Supervisor, output: Output, tmp_path: Path, clock: Clock
) -> None:
    supervisor.start(service("app", SLEEPER, tmp_path))
    for life in (1, 2):
        output.wait_for("begun", times=life)
        clock.now += HEALTHY
        os.kill(supervisor.pids()["app"], signal.SIGKILL)
        tend_until_it_says(supervisor, output, "starting it again now", times=life)

    assert "starting it again in" not in output.text()


@pytest.mark.parametrize("code", [PARENT, RUNAWAY_PARENT], ids=["of its group", "that left its group"])
def test_children_of_the_dead_are_ended_too(supervisor: Supervisor, output: Output, tmp_path: Path, code: str) -> None:
    supervisor.start(service("tasks", code, tmp_path))
    child = child_of(output)

    os.kill(supervisor.pids()["tasks"], signal.SIGKILL)
    tend_until_it_says(supervisor, output, "tasks was killed")

    assert is_gone(child)


def test_the_last_started_ends_first(supervisor: Supervisor, output: Output, tmp_path: Path) -> None:
    farewell = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye', flush=True)))\n"
        "print('begun', flush=True)\ntime.sleep(600)"
    )
    for name in ("redis", "tasks", "app"):
        supervisor.start(service(name, farewell, tmp_path))
    output.wait_for("begun", times=3)

    supervisor.stop()

    said = output.wait_for("bye", times=3)
    assert [line.split()[0] for line in said.splitlines() if "bye" in line] == ["app", "tasks", "redis"]


def test_who_does_not_listen_is_killed_after_its_grace(supervisor: Supervisor, output: Output, tmp_path: Path) -> None:
    supervisor.start(service("tasks", STUBBORN, tmp_path, grace=0.5))
    output.wait_for("begun")
    pid = supervisor.pids()["tasks"]
    begun = time.monotonic()

    supervisor.stop()

    assert is_gone(pid)
    assert time.monotonic() - begun >= 0.5


def test_in_a_hurry_there_is_no_grace(supervisor: Supervisor, output: Output, tmp_path: Path) -> None:
    supervisor.start(service("tasks", STUBBORN, tmp_path, grace=600))
    output.wait_for("begun")
    pid = supervisor.pids()["tasks"]

    supervisor.stop(lambda: True)

    assert is_gone(pid)


def test_what_runs_is_written_down_until_it_is_stopped(supervisor: Supervisor, output: Output, tmp_path: Path) -> None:
    supervisor.start(service("app", SLEEPER, tmp_path))
    path = record_of(tmp_path / "run", "app")
    record = records.load(path)

    assert record
    assert record.pid == supervisor.pids()["app"]
    supervisor.stop()
    assert not path.exists()


def test_output_in_any_encoding_and_without_an_end_of_line_arrives(
    supervisor: Supervisor, output: Output, tmp_path: Path
) -> None:
    latin = r"import os; os.write(1, b'caf\xe9 closes\nlast words'); os.write(2, '\u2713'.encode())"
    supervisor.start(service("app", latin, tmp_path))

    said = tend_until_it_says(supervisor, output, "exited with status 0")

    assert "app    │ caf� closes\napp    │ last words✓\napp exited" in said


def test_a_program_that_is_not_there_is_named(supervisor: Supervisor, output: Output, tmp_path: Path) -> None:
    missing = service("app", "", tmp_path)
    supervisor.start(type(missing)("app", (str(tmp_path / "nothing"),), dict(os.environ), tmp_path, 1.0))

    said = tend_until_it_says(supervisor, output, "starting it again")

    assert f"{tmp_path / 'nothing'} can't be started: No such file or directory" in said


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exited with status 0"), (-15, "was ended by SIGTERM"), (-11, "was ended by SIGSEGV"), (-99, "by signal 99")],
)
def test_an_ending_is_told_in_words(status: int, words: str) -> None:
    assert words in ending(status)

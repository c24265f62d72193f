"""The worker dies, or its slot does, or stops: nothing is left behind, and nobody waits for ever."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from attacks.sandbox.arena import Arena, outcome_of
from tasks.wall.test_wall import assert_dies, is_alive

HOLDER = """
import sys, time
from pathlib import Path
from neuroagent.tasks.python.slot import Limits, Slot
slot = Slot.start(Path(sys.argv[1]), Limits(memory_mb=256))
slot.half(); slot.begin(); slot.ready()
print(slot.process.pid, flush=True)
if sys.argv[2] == "busy":
    for news in slot.run("while True: pass", {}, 100): pass
time.sleep(100)
"""


@pytest.mark.parametrize("doing", ["idle", "busy"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_slot_dies_with_its_worker(number: signal.Signals, doing: str, sandbox: Arena) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", HOLDER, str(sandbox.image), doing]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as worker:
        assert worker.stdout
        slot = int(worker.stdout.readline())
        assert is_alive(slot)
        worker.send_signal(number)

    assert_dies(slot)
    sandbox.assert_the_next_person_is_unharmed()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGABRT])
def test_a_slot_killed_in_the_middle_of_a_run_is_an_ending(number: signal.Signals, sandbox: Arena) -> None:
    with sandbox.attacker() as slot:
        killing = threading.Timer(0.2, slot.process.send_signal, [number])
        killing.start()
        outcome = outcome_of(slot, "while True: pass", 20)
        killing.join()

    assert outcome.event in {"broken", "killed"}
    sandbox.assert_the_next_person_is_unharmed()


def test_a_slot_that_stops_is_killed_when_its_time_is_up(sandbox: Arena) -> None:
    with sandbox.attacker() as slot:
        slot.process.send_signal(signal.SIGSTOP)
        outcome = outcome_of(slot, "print(1)", 0.2)

        assert outcome.event == "killed"
        assert not slot.is_alive()
    sandbox.assert_the_next_person_is_unharmed()


def test_a_slot_whose_worker_hangs_up_ends(sandbox: Arena) -> None:
    with sandbox.attacker() as slot:
        assert slot.process.stdin
        slot.process.stdin.close()

        slot.process.wait(timeout=30)
    sandbox.assert_the_next_person_is_unharmed()


def test_killing_slots_again_and_again_leaves_no_process_behind(sandbox: Arena) -> None:
    before = children()

    for _ in range(3):
        with sandbox.attacker():
            pass

    end = time.monotonic() + 20
    while len(children()) > len(before) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(children()) <= len(before)


def children() -> list[int]:
    own = Path(f"/proc/{os.getpid()}/task")
    return [int(child) for task in own.iterdir() for child in (task / "children").read_text(encoding="ascii").split()]

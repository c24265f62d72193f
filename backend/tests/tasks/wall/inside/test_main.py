"""What becomes the program, seen from the program: nothing of it is left over."""

import json
import signal
import subprocess
import sys

from neuroagent.tasks.wall.layers import Layer
from neuroagent.tasks.wall.python import SOURCE, interpreter_folders
from neuroagent.tasks.wall.wall import Wall

SLOW = {"typing", "pathlib", "dataclasses", "pydantic", "re", "json", "inspect", "subprocess"}
SELF = """
import json, os, signal
umask = os.umask(0)
held = [int(number) for number in signal.Signals if signal.getsignal(number) == signal.SIG_IGN]
blocked = [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())]
leads = os.getsid(0) == os.getpid()
print(json.dumps({"umask": umask, "ignored": held, "blocked": blocked, "folder": os.getcwd(), "leads": leads}))
"""


def test_nothing_slow_is_imported() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import neuroagent.tasks.wall.inside.main; print(*sys.modules)"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", script, str(SOURCE)]

    imported = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert not SLOW & set(imported)


def test_the_program_starts_as_if_from_a_fresh_shell() -> None:
    blocked_before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        with Wall(read=interpreter_folders()).start(
            [sys.executable, "-I", "-S", "-c", SELF], stdout=subprocess.PIPE
        ) as child:
            out, _ = child.communicate(timeout=60)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked_before)

    seen = json.loads(out)
    assert seen["umask"] == 0o077
    assert seen["blocked"] == []
    assert seen["folder"] == "/"
    assert seen["leads"]
    assert signal.SIGINT not in seen["ignored"]


def test_layers_go_up_in_the_order_in_which_each_can_still_do_its_work() -> None:
    assert [one.layer for one in Wall().survey()] == list(Layer)

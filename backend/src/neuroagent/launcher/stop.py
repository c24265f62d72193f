"""`./dev stop`: ends the `up` of a data folder, and what one that was killed has left behind."""

import signal
import time
from pathlib import Path

from neuroagent.launcher import claims, records
from neuroagent.launcher.plan import Plan
from neuroagent.launcher.processes import Process
from neuroagent.launcher.terminal import Terminal
from neuroagent.launcher.up import end_leftovers

PATIENCE = 15.0  # an `up` takes ten seconds at most


def stop(plan: Plan, terminal: Terminal) -> int:
    running = _running(plan.run_folder)
    if running:
        terminal.say(f"Stopping the up on {plan.data} …")
        records.send(signal.SIGTERM, running)
        if not _gone(running):
            records.send(signal.SIGKILL, running)
    leftovers = end_leftovers(plan)
    if leftovers and not running:
        terminal.say(f"Ended what a killed up had left running: {', '.join(leftovers)}.")
    elif running:
        terminal.say("Stopped.")
    else:
        terminal.say(f"Nothing is running on {plan.data}.")
    return 0


def _running(run_folder: Path) -> list[Process]:
    """Shells before launchers: a shell that has been told starts nothing again."""
    alive = [holder.alive() for holder in claims.holders(run_folder)]
    return sorted({process for found in alive for process in found}, key=_is_launcher)


def _is_launcher(process: Process) -> bool:
    return "neuroagent.launcher" in process.command


def _gone(running: list[Process]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while any(records.is_alive(process) for process in running):
        if time.monotonic() > deadline:
            return False
        time.sleep(records.SHARE_OF_A_SECOND)
    return True

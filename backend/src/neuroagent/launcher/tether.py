"""Becomes the program it is given, tied to the launcher: when the launcher dies, the kernel ends the program too.

Run as a script, because what a fork does before its exec is not safe in a process with threads.
"""

import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def main() -> None:
    launcher, *command = sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):  # a shell's `&` and Python itself had them ignored
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        _die_with_the_launcher()
    if os.getppid() != int(launcher):
        sys.exit("the launcher ended before its process began")
    try:
        os.execv(command[0], command)  # noqa: S606 - becoming the program is the point
    except OSError as error:
        sys.exit(f"{command[0]} can't be started: {error.strerror}")


def _die_with_the_launcher() -> None:
    try:
        import ctypes  # noqa: PLC0415 - some builds of Python lack it; leftovers are then found by their record
    except ImportError:
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


if __name__ == "__main__":
    main()

SCRIPT = Path(__file__)

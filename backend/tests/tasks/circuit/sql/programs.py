"""Programs in the place of the one that stands ready: what a worker may meet when it was taken over."""

import sys
from collections.abc import Sequence
from subprocess import Popen

from neuroagent.tasks.circuit.sql.standing import Start, start_plainly

SPEAKING = """
import os, struct, sys, time
def say(kind, content=b""):
    os.write(1, struct.pack(">cI", kind, len(content)) + content)
def hear():
    kind, length = struct.unpack(">cI", os.read(0, 5))
    return os.read(0, length)
END = b'{"ended": null, "signal": null, "peak": 1}'
HEADING = b'{"columns": ["a"], "types": ["T"]}\\n'
LAST = b'{"row_count": 1, "truncated": false, "seconds": 0.1}\\n'
"""


def program(code: str) -> Start:
    def start(command: Sequence[str]) -> "Popen[bytes]":
        return start_plainly([sys.executable, "-I", "-c", SPEAKING + code])

    return start

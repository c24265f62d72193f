"""For a wall that lets nothing fork: the process that stands ready answers one question itself, and is done."""

import json
import os
import resource
from functools import partial
from typing import Final

from neuroagent.tasks.circuit.sql import child
from neuroagent.tasks.circuit.sql.engine import Engine
from neuroagent.tasks.circuit.sql.frames import DATA, END, ONCE, READY, BadFrame, frame, read_frame, write_all
from neuroagent.tasks.circuit.sql.question import Question

PIECE: Final = 1 << 16


def serve_once(opened: Engine, resting: int, incoming: int, outgoing: int) -> None:
    child.practise(opened)
    write_all(outgoing, frame(READY, ONCE))
    try:
        _, content = read_frame(partial(os.read, incoming))
    except BadFrame:
        return  # the worker is gone
    child.answer(Question.decode(content), opened, partial(_tell, outgoing), resting)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write_all(outgoing, frame(END, json.dumps({"ended": None, "signal": None, "peak": peak}).encode()))


def _tell(outgoing: int, line: bytes) -> None:
    for start in range(0, len(line), PIECE):
        write_all(outgoing, frame(DATA, line[start : start + PIECE]))

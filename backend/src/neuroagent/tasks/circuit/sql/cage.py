"""What the operating system holds the child to; the engine's own limits are not enough (some functions ignore them)."""

import math
import os
import resource
from pathlib import Path
from typing import Final

from neuroagent.tasks.circuit.sql.question import Limits

BESIDE: Final = 256 << 20  # what Python and the engine's code need on top of the engine's memory
UNSEEN: Final = 1 << 36
OPEN_FILES: Final = 64


def confine(limits: Limits, resting: int) -> None:
    """For good: no file grows, and memory (`resting` is in use before) and time end where they are said to."""
    os.environ.clear()
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_NOFILE, OPEN_FILES)
    _cap(resource.RLIMIT_CPU, math.ceil(limits.seconds) + 1)
    _cap(resource.RLIMIT_AS, resting + limits.memory_bytes + BESIDE)


def _cap(kind: int, value: int) -> None:
    """A stricter limit from outside stays."""
    _, hard = resource.getrlimit(kind)
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (wanted, wanted))


def in_use() -> int:
    """Bytes of address space; where it can't be seen, so many that they hold nothing back."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return UNSEEN
    return int(pages) * resource.getpagesize()

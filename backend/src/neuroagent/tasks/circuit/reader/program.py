"""The reader's program, run by path: its own limits first, then the imports, then whatever its supervisor asks."""

import os
import resource
import sys
from pathlib import Path

LIMITS = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_CPU: 900,
    resource.RLIMIT_DATA: 3 * 2**30,
    resource.RLIMIT_FSIZE: 64 * 2**30,
    resource.RLIMIT_NOFILE: 256,
}


def limit() -> None:
    """Never above what the system allows already."""
    for which, wanted in LIMITS.items():
        _, allowed = resource.getrlimit(which)
        least = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
        resource.setrlimit(which, (least, least))


if __name__ == "__main__":
    limit()
    if sys.argv[1:]:
        os.chdir(sys.argv[1])  # behind a wall it is started elsewhere
    sys.path.insert(0, str(Path(__file__).resolve().parents[4]))
    from neuroagent.tasks.circuit.reader.session import serve

    with open(0, "rb", buffering=0) as incoming, open(1, "wb", buffering=0) as outgoing:
        serve(incoming, outgoing)

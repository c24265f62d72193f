"""The reader's program: its own limits first."""

import subprocess
import sys
from pathlib import Path

from neuroagent.tasks.circuit.reader import program

PROBE = f"""
import resource, runpy
limits = runpy.run_path({program.__file__!r})
limits["limit"]()
print(all(resource.getrlimit(which)[0] <= most for which, most in limits["LIMITS"].items()))
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
limits["limit"]()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
try:
    bytearray(8 * 2**30)
except MemoryError:
    print("no")
"""


def test_it_takes_no_more_than_its_limits_and_never_more_than_it_is_allowed(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-c", PROBE], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )

    assert ran.stdout.split() == ["True", "20", "no"]

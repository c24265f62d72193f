"""Runs a piece of Python in a child of its own, since what these modules do to a process can't be undone."""

import os
import subprocess
import sys


def said_in_a_child(script: str) -> str:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()

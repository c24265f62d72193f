"""What a plain Python child must be able to read."""

import subprocess
import sys
from pathlib import Path

from neuroagent.tasks.wall.python import interpreter_folders
from neuroagent.tasks.wall.wall import Wall


def test_a_python_child_finds_its_library_its_packages_and_the_product() -> None:
    script = "import json, sqlite3, pydantic; import neuroagent.tasks.wall; print('found')"
    source = str(Path(sys.modules["neuroagent"].__path__[0]).parent)

    child = Wall(read=interpreter_folders()).start(
        [sys.executable, "-B", "-c", script],
        env={"PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    out, errors = child.communicate(timeout=60)
    assert out == b"found\n", errors.decode()


def test_the_folders_hold_no_home_and_no_root() -> None:
    folders = interpreter_folders()

    assert not {Path("/"), Path.home(), Path.cwd()} & set(folders)

"""The one program that starts, with exactly the arguments and the environment that it was given."""

import json
import subprocess
import sys

import pytest

from neuroagent.tasks.wall.layers import Layer
from neuroagent.tasks.wall.python import interpreter_folders
from neuroagent.tasks.wall.wall import Wall

SCRIPT = "import json, os, sys; print(json.dumps([sys.argv, dict(os.environ)]))"
ODD = ["", " ", "a b", "'quoted'", "ünï", "new\nline", "x" * 20_000]


@pytest.mark.parametrize("layers", [frozenset(Layer), frozenset(Layer) - {Layer.SECCOMP}], ids=["filtered", "plain"])
def test_arguments_and_environment_arrive_as_they_are(layers: frozenset[Layer]) -> None:
    environment = {"PYTHONUTF8": "1", "LC_CTYPE": "C.UTF-8", "EMPTY": "", "ODD": "a=b\nü"}
    command = [sys.executable, "-S", "-c", SCRIPT, *ODD]

    with Wall(read=interpreter_folders(), layers=layers).start(
        command, env=environment, stdout=subprocess.PIPE
    ) as child:
        out, _ = child.communicate(timeout=60)

    arguments, seen = json.loads(out)
    assert arguments == ["-c", *ODD]
    assert seen == environment


def test_two_children_start_from_different_places() -> None:
    commands = [[sys.executable, "-I", "-S", "-c", "print('started')"]] * 3

    children = [Wall(read=interpreter_folders()).start(command, stdout=subprocess.PIPE) for command in commands]

    assert [child.communicate(timeout=60)[0] for child in children] == [b"started\n"] * 3

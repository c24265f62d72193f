"""JavaScript and machine code with every Deno permission, as if interpreter and isolate had been broken out of.

Only the operating system's wall is left. A control without its layers shows that the attacks are real.
"""

import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from deno import find_deno_bin
from tasks.wall.hostile import SECRET, Surroundings, needs

from neuroagent.tasks.wall.layers import Layer
from neuroagent.tasks.wall.wall import Wall

SCRIPT = Path(__file__).with_name("escape.mjs")
ATTACKS = re.findall(r'^await attack\("([^"]+)"', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
KNOWS = {
    "its environment": {'[["DENO_DIR","/nowhere"],["NO_COLOR","1"]]'},
    "the machine's name": {"sandbox"},
}
REAL = {
    "read the passwords", "list the machine's root", "read it through /proc/self/root", "see that it exists",
    "read the neighbour's file", "listen on a port", "connect to a socket file", "run a shell", "run Deno once more",
    "run a shell from Node's side", "list the processes", "call system", "call fork", "call socket",
    "call open on the neighbour's file", "call memfd_create", "call prctl to outlive the worker",
    "watch the neighbour's folder", "call shmget", "call add_key",
}  # fmt: skip


def results_of(around: Surroundings, image: Path, layers: frozenset[Layer]) -> dict[str, str]:
    given = around.targets | {
        "parent": os.getpid(),
        "machine": platform.machine(),
        "libc": "libc.so.6",
        "image": str(image),
        "host": str(image / SCRIPT.name),
    }
    wall = Wall(read=(image,), memory_bytes=2560 << 20, cpu_seconds=60, layers=layers)
    command = [
        find_deno_bin(),
        "run",
        "-A",
        "--no-prompt",
        "--no-config",
        "--no-lock",
        given["host"],
        json.dumps(given),
    ]
    with wall.start(
        command, env={"NO_COLOR": "1", "DENO_DIR": "/nowhere"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        out, errors = child.communicate(timeout=100)
    assert child.returncode == 0, errors.decode()
    results: dict[str, str] = json.loads(out.splitlines()[-1])
    return results


@pytest.fixture(scope="module")
def folder(readable: Path) -> Path:
    folder = readable / "escape"
    folder.mkdir(mode=0o755)
    shutil.copy(SCRIPT, folder)
    return folder


@pytest.fixture(scope="module")
def results(around: Surroundings, folder: Path) -> dict[str, str]:
    needs(*Layer)
    return results_of(around, folder, frozenset(Layer))


@pytest.mark.parametrize("attack", [name for name in ATTACKS if name not in {*KNOWS, "who it is"}])
def test_the_operating_system_alone_holds(attack: str, results: dict[str, str], around: Surroundings) -> None:
    assert results[attack].startswith("denied")
    assert (around.folder / "secret").read_text(encoding="utf-8") == SECRET
    assert not (around.folder / "planted").exists()


@pytest.mark.parametrize("what", KNOWS)
def test_what_it_can_know_tells_it_nothing(what: str, results: dict[str, str]) -> None:
    assert results[what].removeprefix("got: ") in KNOWS[what]


def test_it_is_not_root(results: dict[str, str]) -> None:
    assert int(results["who it is"].removeprefix("got: ")) not in {0, os.getuid()} or os.getuid() != 0


def test_nothing_in_its_folder_changed(results: dict[str, str], folder: Path) -> None:
    assert [path.name for path in folder.iterdir()] == [SCRIPT.name]
    assert (folder / SCRIPT.name).read_bytes() == SCRIPT.read_bytes()


def test_with_the_layers_down_the_same_attacks_succeed(around: Surroundings, readable: Path) -> None:
    needs(Layer.NAMESPACES)
    if os.geteuid() != 0:
        pytest.skip("only root can give the control a user of its own, who can't harm the tests' own files")
    copy = readable / "control"
    copy.mkdir(mode=0o755)
    shutil.copy(SCRIPT, copy)

    results = results_of(around, copy, frozenset({Layer.NAMESPACES, Layer.USER, Layer.PARENT}))

    assert int(results["who it is"].removeprefix("got: ")) != 0
    assert {name: results[name] for name in REAL if not results[name].startswith("got")} == {}

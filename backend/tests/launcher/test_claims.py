import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.stand_ins import SLEEPER

from neuroagent.launcher import claims
from neuroagent.launcher.claims import Holder
from neuroagent.launcher.errors import AlreadyRunning


@pytest.fixture
def me() -> Holder:
    return Holder.this_process("http://127.0.0.1:1")


@pytest.fixture
def held(tmp_path: Path, me: Holder) -> Iterator[list[int]]:
    descriptors = claims.claim(tmp_path / "run", ["app"], me)
    yield descriptors
    for descriptor in descriptors:
        os.close(descriptor)


def test_a_second_claim_names_the_first(tmp_path: Path, held: list[int], me: Holder) -> None:
    with pytest.raises(AlreadyRunning) as refusal:
        claims.claim(tmp_path / "run", ["app"], me)

    assert f"already running on {tmp_path} (process {os.getpid()}, http://127.0.0.1:1)" in str(refusal.value)


def test_another_part_of_the_same_folder_can_be_claimed(tmp_path: Path, held: list[int], me: Holder) -> None:
    for descriptor in claims.claim(tmp_path / "run", ["redis"], me):
        os.close(descriptor)

    assert claims.holders(tmp_path / "run") == [me]


def test_a_claim_ends_with_its_holder(tmp_path: Path, me: Holder) -> None:
    claiming = (
        "import sys; from pathlib import Path; from neuroagent.launcher import claims\n"
        "claims.claim(Path(sys.argv[1]), ['app'], claims.Holder.this_process('')); print(flush=True); input()"
    )
    command = [sys.executable, "-c", claiming, str(tmp_path / "run")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.kill()

    [descriptor] = claims.claim(tmp_path / "run", ["app"], me)
    os.close(descriptor)


def test_a_holder_is_alive_only_as_the_process_that_claimed(me: Holder) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL) as other:
        reborn = Holder(other.pid, "long ago", 0, "", "")

        assert [process.pid for process in me.alive()] == [os.getpid()]
        assert reborn.alive() == []
        other.kill()

"""How ./dev finds a Python, hands over, and starts `up` again."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from processes import ROOT, until

LAUNCHER = """
import os, signal, sys, time
def say(*words): print(*words, flush=True)
signal.signal(signal.SIGTERM, lambda *_: say("TERM"))
signal.signal(signal.SIGINT, lambda *_: (say("INT"), os._exit(5)))
say("pid", os.getpid(), *sys.argv[1:])
if sys.argv[1:] == ["up", "ends"]: sys.exit(4)
if sys.argv[1:2] == ["up"]:
    while True: time.sleep(0.05)
"""


def hear_signals() -> None:
    """As at a terminal: a shell can't trap what was ignored when it was started, as nohup does."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Entry:
    """The real ./dev in a checkout with a launcher that tells what happens to it."""

    script: Path
    output: Path
    environment: dict[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [self.script, *arguments],
                env=self.environment,
                cwd="/",
                stdout=output,
                stderr=output,
                preexec_fn=hear_signals,  # noqa: PLW1509 - nothing is locked here
            )

    def call(self, *arguments: str) -> tuple[int, str]:
        status = self.start(*arguments).wait(60)
        return status, self.output.read_text()

    def wait_for(self, text: str, times: int = 1) -> str:
        until(lambda: self.output.read_text().count(text) >= times, f"{text!r} is said", log=self.output)
        return self.output.read_text()

    def launcher(self) -> int:
        """The pid of the one that was started last."""
        return int(self.output.read_text().rpartition("pid ")[2].split()[0])


@pytest.fixture
def entry(tmp_path: Path) -> Iterator[Entry]:
    """Nothing on the PATH but a Python and what every system has; no home."""
    root = tmp_path / "a check out"
    package = root / "backend" / "src" / "neuroagent" / "launcher"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(LAUNCHER)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "readlink", "uname", "sleep"):
        (programs / name).symlink_to(str(shutil.which(name)))
    (programs / "python3").symlink_to(sys.executable)
    made = Entry(root / "dev", tmp_path / "output", {"PATH": str(programs), "HOME": ""})
    shutil.copy(ROOT / "dev", made.script)
    yield made
    if "pid" in made.output.read_text():
        subprocess.run(["/bin/kill", "-9", str(made.launcher())], check=False, capture_output=True)


def test_arguments_arrive_as_they_were_typed(entry: Entry) -> None:
    status, said = entry.call("test", "a b", "$HOME", "")

    assert status == 0
    assert said.split(maxsplit=2)[2] == "test a b $HOME \n"


def test_it_may_be_called_through_a_link(entry: Entry, tmp_path: Path) -> None:
    link = tmp_path / "bin" / "dev"
    link.symlink_to(entry.script)

    status, said = Entry(link, entry.output, entry.environment).call("check")

    assert (status, said.split()[-1]) == (0, "check")


def test_without_a_python_it_says_what_to_do(entry: Entry, tmp_path: Path) -> None:
    (tmp_path / "bin" / "python3").unlink()

    status, said = entry.call()

    assert status == 1
    assert "no Python 3.11 or newer on the PATH" in said


def test_a_python_that_is_too_old_is_passed_over(entry: Entry, tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python3"
    python.rename(python.with_name("python3.12"))
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)

    assert entry.call("check")[0] == 0


def test_up_ends_with_the_launchers_status(entry: Entry) -> None:
    assert entry.call("up", "ends")[0] == 4


def test_a_killed_launcher_is_started_again(entry: Entry) -> None:
    shell = entry.start("up")
    entry.wait_for("pid")
    first = entry.launcher()

    os.kill(first, signal.SIGKILL)

    said = entry.wait_for("pid", times=2)
    assert "the launcher was killed (SIGKILL); starting it again." in said
    shell.terminate()
    entry.wait_for("TERM")
    os.kill(entry.launcher(), signal.SIGKILL)
    shell.wait(60)


def test_a_launcher_killed_while_it_stops_stays_dead(entry: Entry) -> None:
    shell = entry.start("up")
    entry.wait_for("pid")
    shell.terminate()
    entry.wait_for("TERM")

    os.kill(entry.launcher(), signal.SIGKILL)

    assert shell.wait(60) == 137
    assert entry.output.read_text().count("pid") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_shell_is_passed_on_as_the_wish_to_stop(entry: Entry, number: signal.Signals) -> None:
    shell = entry.start("up")
    entry.wait_for("pid")

    shell.send_signal(number)

    entry.wait_for("TERM")
    assert shell.poll() is None
    os.kill(entry.launcher(), signal.SIGKILL)
    shell.wait(60)


def test_a_second_interrupt_is_passed_on_as_one(entry: Entry) -> None:
    shell = entry.start("up")
    entry.wait_for("pid")
    shell.send_signal(signal.SIGINT)
    entry.wait_for("TERM")

    shell.send_signal(signal.SIGINT)

    assert shell.wait(60) == 5
    assert entry.output.read_text().split()[-1] == "INT"


def test_a_killed_shell_leaves_the_launcher_running(entry: Entry) -> None:
    shell = entry.start("up")
    entry.wait_for("pid")

    shell.kill()
    shell.wait()

    os.kill(entry.launcher(), signal.SIGTERM)
    entry.wait_for("TERM")


def test_the_script_is_plain_sh() -> None:
    subprocess.run(["/bin/sh", "-n", ROOT / "dev"], check=True)
    assert os.access(ROOT / "dev", os.X_OK)

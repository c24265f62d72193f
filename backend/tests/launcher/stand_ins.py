"""Small real processes that stand in for the app and the worker."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import SOURCES, free_port, redis_binary, until

from neuroagent.launcher import records
from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.log import Log
from neuroagent.launcher.plan import Flags, Plan, plan
from neuroagent.launcher.supervisor import Service, record_of
from neuroagent.launcher.terminal import Terminal
from neuroagent.launcher.up import end_leftovers

SLEEPER = "import time; print('begun', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('begun', flush=True); time.sleep(600)"
)
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
print('child', child.pid, flush=True)
time.sleep(600)
"""
RUNAWAY_PARENT = PARENT.replace("])", "], start_new_session=True)")


class Output:
    """A terminal that is a file, and a log on it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self.terminal = Terminal(descriptor, "utf-8", live=False, colours=False)
        self.log = Log(self.terminal)

    def text(self) -> str:
        return self._path.read_text(encoding="utf-8")

    def wait_for(self, text: str, times: int = 1) -> str:
        until(lambda: self.text().count(text) >= times, f"{text!r} is said {times} times")
        return self.text()


def service(name: str, code: str, folder: Path, grace: float = 5.0) -> Service:
    return Service(name, (sys.executable, "-c", code), dict(os.environ), folder, grace)


def checkout(folder: Path, **locks: str) -> Checkout:
    """A checkout with nothing in it but locks."""
    for name, text in locks.items():
        lock = folder / "locks" / f"{name.replace('_', '-')}.txt"
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.write_text(text)
    (folder / "backend" / "src").mkdir(parents=True)
    return Checkout(folder)


def planned(folder: Path, *only: str, **environ: str) -> Plan:
    """A plan on ports of its own, for a checkout in the folder."""
    flags = Flags(only=only, port=free_port(), redis_port=free_port(), data=str(folder / "data"))
    return plan(Checkout(folder), flags, environ)


def installer() -> Path:
    """The uv that ./dev test hands over, or the machine's."""
    found = os.environ.get("DEV_UV") or shutil.which("uv")
    if not found:
        pytest.skip("there is no uv; ./dev test brings one")
    return Path(found)


APP = """
import http.server, sys
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[-1])), Door).serve_forever()
"""


class Machine:
    """A checkout whose app and worker are stand-ins, a real Redis, and the launcher as a process."""

    def __init__(self, root: Path, worker: str = SLEEPER) -> None:
        made = checkout(root, app="", tasks="")
        self.plan = planned(root)
        self.plan.data.mkdir()
        (self.plan.data / "demo-circuit").touch()  # there is nobody here who could make one
        self._output = root / "output"
        self._output.touch()
        self._launchers: list[subprocess.Popen[bytes]] = []
        (root / "bin").mkdir()
        (root / "bin" / "redis-server").symlink_to(redis_binary())
        self._environment = {"PATH": f"{root / 'bin'}:/usr/bin:/bin", "PYTHONPATH": str(SOURCES)}
        for side, code in (("app", APP), ("tasks", worker)):
            _stand_in(Environment(made, side), code)

    def up(self, *flags: str, **environ: str) -> subprocess.Popen[bytes]:
        places = (
            "--port",
            str(self.plan.port),
            "--redis-port",
            str(self.plan.redis_port),
            "--data",
            str(self.plan.data),
        )
        command = [sys.executable, "-c", LAUNCH, str(self.plan.checkout.root), "up", *places, *flags]
        with self._output.open("ab") as output:
            launcher = subprocess.Popen(
                command, env={**self._environment, **environ}, stdout=output, stderr=output, start_new_session=True
            )
        self._launchers.append(launcher)
        return launcher

    def said(self) -> str:
        return self._output.read_text()

    def wait_for(self, text: str, times: int = 1) -> str:
        until(lambda: self.said().count(text) >= times, f"up says {text!r}", self._launchers[-1], self._output)
        return self.said()

    def pid(self, part: str) -> int:
        record = records.load(record_of(self.plan.run_folder, part))
        return record.pid if record else 0

    def clear(self) -> None:
        for launcher in self._launchers:
            launcher.terminate()
            launcher.wait(60)
        end_leftovers(self.plan)


LAUNCH = """
import sys
from pathlib import Path
from neuroagent.launcher import records
from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.cli import main
sys.exit(main(sys.argv[2:], Checkout(Path(sys.argv[1]))))
"""


def _stand_in(environment: Environment, code: str) -> None:
    """An environment that counts as up to date; its Python runs the code, and finds any sandbox image in order."""
    environment.scripts.mkdir(parents=True)
    program = environment.folder / "stand_in.py"
    program.write_text(code)
    image = 'case "$*" in *tasks.python.image*) exit 0 ;; esac'
    run = f'exec {shlex.quote(sys.executable)} {shlex.quote(str(program))} "$@"'
    environment.python.write_text(f"#!/bin/sh\n{image}\n{run}\n")
    environment.python.chmod(0o755)
    environment.stamp.write_text(environment.wanted())

"""A small circuit to try questions on: made and registered when the system is up for the first time."""

import http.client
import json
import os
import shlex
import subprocess
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from neuroagent.launcher.circuit import MODULE
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.log import Log
from neuroagent.launcher.plan import Plan
from neuroagent.launcher.welcome import token_of

NODES = 5_000
NAME = "demo circuit"
PATIENCE = 10.0  # seconds; meanwhile nobody watches over the processes
TRY = {"question": "How many excitatory neurons per layer?"}


class NotRegistered(Exception):
    """The app didn't take it, and this is why."""


@dataclass
class Demo:
    """Whoever deletes it doesn't get it again: a file in the data folder remembers."""

    plan: Plan
    log: Log
    maker: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    is_over: bool = field(default=False, init=False)

    @property
    def mark(self) -> Path:
        return self.plan.data / "demo-circuit"

    @property
    def archive(self) -> Path:
        return self.plan.data / "run" / "demo-circuit.gz"

    def tend(self) -> None:
        """To be called a few times a second, once all is ready."""
        if self.is_over:
            return
        if self.maker is None:
            self._begin()
        elif (status := self.maker.poll()) is not None:
            self.is_over = True
            self._made(status)

    def end(self) -> None:
        if self.maker is not None and self.maker.poll() is None:
            self.maker.kill()
            self.maker.wait()

    def _begin(self) -> None:
        if self.mark.exists() or not (self.plan.starts("app") and self.plan.starts("tasks")):
            self.is_over = True
            return
        self.archive.parent.mkdir(parents=True, exist_ok=True)
        environment = Environment(self.plan.checkout, "tasks")
        command = [str(environment.python), "-m", MODULE, "--nodes", str(NODES), str(self.archive)]
        silent = subprocess.DEVNULL
        self.maker = subprocess.Popen(
            command, env=environment.variables(os.environ), stdin=silent, stdout=silent, stderr=silent
        )

    def _made(self, status: int) -> None:
        try:
            _must_be_made(status)
            circuit_id = register(self.plan, self.archive)
        except (NotRegistered, OSError, http.client.HTTPException) as error:
            self.log.say(f"The demo circuit could not be registered: {error}; the next ./dev up tries again.")
        else:
            self.mark.write_text(f"{circuit_id}\n")
            self.log.say("\n".join(["  A demo circuit is there to be asked:", *_trial(self.plan, circuit_id), ""]))
        finally:
            self.archive.unlink(missing_ok=True)


def _must_be_made(status: int) -> None:
    if status:
        raise NotRegistered(f"its generator ended with status {status}")


def register(plan: Plan, archive: Path) -> str:
    """Its id."""
    connection = http.client.HTTPConnection(plan.reachable_host, plan.port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {token_of(plan)}", "Content-Type": "application/octet-stream"}
    try:
        connection.request("POST", f"/api/circuits/upload?name={quote(NAME)}", archive.read_bytes(), headers)
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    finally:
        connection.close()
    if answer.status != HTTPStatus.CREATED:
        raise NotRegistered(f"the app answered with status {answer.status}")
    try:
        return str(json.loads(said)["id"])
    except (ValueError, KeyError, TypeError):
        raise NotRegistered("the app's answer can't be read") from None


def _trial(plan: Plan, circuit_id: str) -> list[str]:
    who = f"-H {shlex.quote(f'Authorization: Bearer {token_of(plan)}')}"
    asking = shlex.quote(json.dumps(TRY))
    where = f"{plan.url}/api/circuits/{circuit_id}/questions"
    return [
        f"  curl {who} -H 'Content-Type: application/json' -d {asking} {where}",
        f"  curl {who} '{plan.url}/api/tasks/ID?wait=30'",
    ]

"""What a person needs once the system is up: the link that signs in, the token, and one task to try."""

import json
import shlex
from urllib.parse import quote

from neuroagent.launcher.plan import Plan
from neuroagent.launcher.terminal import Terminal


def welcome(plan: Plan, terminal: Terminal) -> str:
    rows = [("Data", str(plan.data)), ("Stop", "Ctrl-C, or ./dev stop")]
    tail = []
    if plan.starts("app"):
        token = token_of(plan)
        rows = [("Open", terminal.paint(sign_in_link(plan, token), "bold")), ("Token", token), *rows]
        tail = ["", terminal.paint("  Run a task, then fetch its answer by the id:", "dim"), *trial(plan.url, token)]
    heading = (
        terminal.paint("Neuroagent is up.", "green") if plan.starts("app") else f"Started: {', '.join(plan.parts)}."
    )
    return "\n".join(["", heading, *(f"  {name:<7}{value}" for name, value in rows), *tail, ""])


def sign_in_link(plan: Plan, token: str) -> str:
    """It signs a browser in; in the other modes of NEUROAGENT_AUTH__MODE people do that themselves."""
    is_theirs = plan.environ.get("NEUROAGENT_AUTH__MODE", "token") == "token"
    return f"{plan.url}/sign-in?token={quote(token, safe='')}" if is_theirs else f"{plan.url}/sign-in"


def token_of(plan: Plan) -> str:
    if given := plan.environ.get("NEUROAGENT_AUTH__TOKEN"):
        return given
    try:
        return (plan.data / "token").read_text().strip()
    except OSError as error:
        return f"({plan.data / 'token'} can't be read: {error.strerror})"


def trial(url: str, token: str) -> list[str]:
    who = f"-H {shlex.quote(f'Authorization: Bearer {token}')}"
    job = shlex.quote(json.dumps({"name": "ping", "input": {}}))
    return [
        f"  curl {who} -H 'Content-Type: application/json' -d {job} {url}/api/tasks",
        f"  curl {who} '{url}/api/tasks/ID?wait=30'",
    ]

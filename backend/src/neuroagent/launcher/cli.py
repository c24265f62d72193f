"""The commands of ./dev: one table, from which the help is made too."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from neuroagent.launcher import bench, circuit, faults, generate, key, run, sandbox, stages, stop, up
from neuroagent.launcher.checkout import HERE, Checkout
from neuroagent.launcher.errors import LauncherError, UsageError
from neuroagent.launcher.plan import PARTS, Flags, plan
from neuroagent.launcher.terminal import Terminal

HELP = ("-h", "--help", "help")


@dataclass(frozen=True)
class Command:
    """`details` is what --help adds to the summary."""

    name: str
    usage: str
    summary: str
    details: str
    run: Callable[[Checkout, Terminal, list[str]], int]


def main(arguments: Sequence[str], checkout: Checkout = HERE) -> int:
    terminal = Terminal.of(sys.stdout)
    try:
        return _dispatch(checkout, terminal, list(arguments))
    except LauncherError as error:
        Terminal.of(sys.stderr).say(f"./dev: {error}")
        return error.status
    except KeyboardInterrupt:
        return 130


def overview() -> str:
    rows = [f"  ./dev {command.usage:<26} {command.summary}" for command in COMMANDS.values()]
    more = "./dev COMMAND --help says more about each."
    return "\n".join(["Neuroagent, the whole system on one machine.", "", *rows, "", more])


def _dispatch(checkout: Checkout, terminal: Terminal, arguments: list[str]) -> int:
    if not arguments or arguments[0] in HELP:
        terminal.say(overview())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        closest = get_close_matches(name, COMMANDS, n=1, cutoff=0.0)[0]
        raise UsageError(f"There is no command {name!r}; the closest is ./dev {closest}. ./dev alone lists them all.")
    command = COMMANDS[name]
    if rest[:1] and rest[0] in HELP[:2]:
        terminal.say(f"./dev {command.usage}\n\n{command.summary}\n\n{command.details}")
        return 0
    return command.run(checkout, terminal, rest)


class _Parser(argparse.ArgumentParser):
    """Errors as everywhere here, and no second way to print help."""

    def __init__(self, name: str) -> None:
        super().__init__(prog=f"./dev {name}", add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. {self.prog} --help says what it takes.")


def _up(checkout: Checkout, terminal: Terminal, arguments: list[str]) -> int:
    parser = _Parser("up")
    parser.add_argument("--only", action="append", choices=sorted(PARTS), default=[])
    parser.add_argument("--port", type=int)
    parser.add_argument("--redis-port", type=int)
    parser.add_argument("--data")
    given = parser.parse_args(arguments)
    return up.up(plan(checkout, Flags(**vars(given))), terminal)


def _stop(checkout: Checkout, terminal: Terminal, arguments: list[str]) -> int:
    parser = _Parser("stop")
    parser.add_argument("--data")
    given = parser.parse_args(arguments)
    return stop.stop(plan(checkout, Flags(**vars(given))), terminal)


def _check(checkout: Checkout, terminal: Terminal, arguments: list[str]) -> int:
    _Parser("check").parse_args(arguments)
    return stages.check(checkout, terminal)


def _test(checkout: Checkout, terminal: Terminal, arguments: list[str]) -> int:
    return stages.test(checkout, terminal, arguments, Path.cwd())


def _generate(checkout: Checkout, terminal: Terminal, arguments: list[str]) -> int:
    kinds = [argument for argument in arguments if not argument.startswith("-")]
    options = [argument for argument in arguments if argument.startswith("-")]
    unknown = [kind for kind in kinds if kind not in generate.KINDS]
    if unknown:
        raise UsageError(f"./dev generate makes {', '.join(generate.KINDS)}, but no {unknown[0]!r}.")
    return generate.generate(checkout, terminal, kinds, options)


UP = """\
Brings the packages, then starts Redis, the workers and the app, and starts again whatever dies.
State lies in the data folder and survives a restart.

  --only PART       redis, tasks or app; may be given several times
  --port N          the app's port              (NEUROAGENT_SERVER__PORT, 8078)
  --redis-port N    the port of our own Redis   (NEUROAGENT_REDIS__PORT, 8079)
  --data FOLDER     where state lies            (NEUROAGENT_DATA_FOLDER, data/)

With NEUROAGENT_REDIS__URL or NEUROAGENT_REDIS__HOST set, that Redis is used and none is started.
What is set in the environment reaches the app (NEUROAGENT_…) and the workers (TASKS_…)."""
STOP = """\
Ends the up that runs on the data folder, or what one that was killed has left behind.

  --data FOLDER     as for up"""
TEST = """\
Without paths: everything that check does first, then all tests, two at a time.
With paths, only those tests. Options go to pytest: ./dev test backend/tests/launcher -x -k redis
What can't run on this machine is listed at the end."""
CHECK = "Format, lint, types, the walls between the modules, and the tests of the architecture."
GENERATE = """\
  locks     locks/*.txt from pyproject.toml; --upgrade takes the newest versions
  docs      the tables in docs/
  wire      the published form of the messages

Without a kind: all of them."""
BENCH = """\
Prints a table, ours beside others, all in one run on this machine. Options go to the benchmark:

  --json FILE    the figures for machines
  --quick        a smoke run

Without a name: which there are."""
CIRCUIT = """\
A realistic SONATA circuit with two populations, node types, libraries, plain strings and dynamics parameters; as the
archive that one uploads where the name ends in .gz, else as a folder. Without a name: circuit.gz.

  --nodes N         neurons of the main population          (10000)
  --projecting N    virtual fibres of the second one        (a tenth)
  --groups N        groups of attributes                    (1)
  --enumerated      no plain strings: morphologies have a library too
  --edges-mb N      megabytes of edges, which no question needs (0)
  --seed N          the same seed makes the same circuit    (1)"""
FAULTS = """\
Kills, freezes, fills and wipes Redis and workers under load, with the ledger on SQLite and on PostgreSQL, and says
what was lost, what ran twice and how long it took to recover. The control, without the reconciler, has to lose tasks.

  --repeat N     as many rounds               (1)
  --json FILE    a row per scenario and ledger

Without a scenario: all of them; ./dev faults "redis killed" plays one."""
SANDBOX = """\
The image that scripts run in: an interpreter, its packages and a memory to start from.

  build       from the packages in TASKS_SANDBOX__PACKAGES and those added by hand
  list        what is in it, and what was left out and why
  add NAME …  note further packages, and build
  check       read every byte, and say which layers of the wall this machine gives"""
KEY = """\
People and their keys, beside a running up or without one; a key is shown once, when it is made.

  add NAME        --scopes read,chat,tools,admin  (chat,tools)   --name TEXT   --days N
  list [NAME]
  revoke ID

NEUROAGENT_AUTH__MODE says who may call besides: token, keys or oidc."""
RUN = """\
The command finds the side's own programs first, and the Redis and data of ./dev up:

  ./dev run tasks celery -A neuroagent.tasks.main worker -Q default_q
  ./dev run dev pytest --collect-only"""

_TABLE = (
    Command("up", "up", "start everything and watch over it", UP, _up),
    Command("stop", "stop", "end it from anywhere", STOP, _stop),
    Command("test", "test [PATH or OPTION …]", "all tests, or some", TEST, _test),
    Command("check", "check", "the fast half: linters, types, walls", CHECK, _check),
    Command("generate", "generate [locks|docs|wire]", "make derived files anew", GENERATE, _generate),
    Command("bench", "bench [NAME]", "measure us beside others", BENCH, bench.bench),
    Command("circuit", "circuit make [FILE]", "a made-up circuit of any size", CIRCUIT, circuit.circuit),
    Command("faults", "faults [SCENARIO …]", "break everything, and count", FAULTS, faults.faults),
    Command("sandbox", "sandbox build|list|add|check", "the image that scripts run in", SANDBOX, sandbox.sandbox),
    Command("key", "key add|list|revoke", "people's API keys", KEY, key.key),
    Command("run", "run app|tasks|dev COMMAND", "a command inside one environment", RUN, run.run),
)
COMMANDS = {command.name: command for command in _TABLE}

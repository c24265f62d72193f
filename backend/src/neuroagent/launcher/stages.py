"""`./dev check` and `./dev test`: every stage runs, each says how it went, and nothing is skipped in silence."""

import os
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuroagent.launcher import browser, redis
from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import SIDES, Environment, bring_up_to_date
from neuroagent.launcher.errors import LauncherError
from neuroagent.launcher.terminal import Terminal
from neuroagent.launcher.uv import find_uv

SKIPS = "DEV_TEST_SKIPS"  # not NEUROAGENT_…: the app refuses settings it does not know


@dataclass(frozen=True)
class Stage:
    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    stage: Stage
    passed: bool
    seconds: float


LINTERS = (
    Stage("format", ("ruff", "format", "--check", ".")),
    Stage("lint", ("ruff", "check", ".")),
    Stage("types", ("mypy",)),
    Stage("walls", ("lint-imports",)),
)
ARCHITECTURE = Stage("architecture", ("pytest", "backend/tests/architecture", "-q"))


def check(checkout: Checkout, terminal: Terminal) -> int:
    return run_stages(checkout, terminal, (*LINTERS, ARCHITECTURE))


def test(checkout: Checkout, terminal: Terminal, arguments: Sequence[str], folder: Path) -> int:
    """Everything; or, where paths are given, just the tests there."""
    paths = [argument for argument in arguments if names_a_path(argument, folder, checkout)]
    given = tuple(absolute(argument, folder, checkout) for argument in arguments)
    if paths:
        return run_stages(checkout, terminal, (Stage("tests", ("pytest", *given)),))
    browser.bring(checkout, terminal)
    everything = Stage("tests", ("pytest", "-n", "2", "--dist", "loadgroup", *given))
    return run_stages(checkout, terminal, (*LINTERS, everything))


def run_stages(checkout: Checkout, terminal: Terminal, stages: Sequence[Stage]) -> int:
    with tempfile.TemporaryDirectory(prefix="neuroagent-test-") as scratch:
        reports = Reports(Path(scratch))
        environment = prepare(checkout, terminal) | {SKIPS: str(reports.skips)} | browser.variables(checkout)
        outcomes = [_run(checkout, terminal, reports.attached(stage), environment) for stage in stages]
        terminal.say()
        for line in [*(summary(outcome, terminal) for outcome in outcomes), *reports.counts(), *reports.not_run()]:
            terminal.say(line)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


@dataclass(frozen=True)
class Reports:
    """What pytest writes beside its output."""

    folder: Path

    @property
    def skips(self) -> Path:
        return self.folder / "skips"

    @property
    def junit(self) -> Path:
        return self.folder / "junit.xml"

    def attached(self, stage: Stage) -> Stage:
        if stage.command[0] != "pytest":
            return stage
        return Stage(stage.name, (*stage.command[:1], f"--junit-xml={self.junit}", *stage.command[1:]))

    def counts(self) -> list[str]:
        """One plain line for people and machines alike; none if pytest did not get as far."""
        try:
            suites = list(ET.parse(self.junit).getroot().iter("testsuite"))  # noqa: S314 - our own pytest's
        except (OSError, ET.ParseError):
            return []
        total, failed, errors, skipped = (
            sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
        )
        return ["", f"{total - failed - errors - skipped} passed, {failed + errors} failed"]

    def not_run(self) -> list[str]:
        """The skipped tests by reason; a test may be reported by several workers."""
        try:
            entries = [line.partition("\t") for line in self.skips.read_text(encoding="utf-8").splitlines()]
        except OSError:
            return ["Everything ran."] if self.junit.exists() else []
        by_reason: dict[str, set[str]] = {}
        for test_id, _, reason in entries:
            by_reason.setdefault(reason, set()).add(test_id)
        if not by_reason:
            return ["Everything ran."]
        groups = [[f"  {reason}", *(f"    {name}" for name in sorted(names))] for reason, names in by_reason.items()]
        return ["Not run on this machine:", *(line for group in groups for line in group)]


def prepare(checkout: Checkout, terminal: Terminal) -> dict[str, str]:
    """The developers' environment, and where the tests find what they start themselves."""
    environment = ready_environment(checkout, terminal, "dev")
    uv = find_uv(checkout, terminal)
    path = os.pathsep.join([str(environment.scripts), str(uv.parent), os.environ.get("PATH", os.defpath)])
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return variables | {"PATH": path, "DEV_UV": str(uv)} | _redis(checkout, uv)


def ready_environment(checkout: Checkout, terminal: Terminal, name: str) -> Environment:
    environment = Environment(checkout, name)
    if not environment.is_current():
        terminal.say(f"{SIDES[name]} …")
        bring_up_to_date(environment, lambda: find_uv(checkout, terminal))
    return environment


def _redis(checkout: Checkout, uv: Path) -> dict[str, str]:
    try:
        return {"DEV_REDIS_SERVER": str(redis.redis_binary(checkout, lambda: uv))}
    except LauncherError:  # the tests that need it name it as what this machine lacks
        return {}


def _run(checkout: Checkout, terminal: Terminal, stage: Stage, environment: Mapping[str, str]) -> Outcome:
    terminal.say(f"\n{terminal.paint(f'── {stage.name}', 'cyan')}")
    program = Environment(checkout, "dev").scripts / stage.command[0]
    begun = time.monotonic()
    status = subprocess.run([program, *stage.command[1:]], cwd=checkout.root, env=environment, check=False).returncode
    return Outcome(stage, status == 0, time.monotonic() - begun)


def summary(outcome: Outcome, terminal: Terminal) -> str:
    mark = terminal.paint("✓", "green") if outcome.passed else terminal.paint("✗", "red")
    return f"{mark} {outcome.stage.name:<13}{outcome.seconds:6.1f} s"


def names_a_path(argument: str, folder: Path, checkout: Checkout) -> bool:
    return not argument.startswith("-") and any(
        base.joinpath(_file(argument)).exists() for base in (folder, checkout.root)
    )


def absolute(argument: str, folder: Path, checkout: Checkout) -> str:
    """The tests run in the checkout's root; a path was typed where the user stands."""
    stands_there = names_a_path(argument, folder, checkout) and folder.joinpath(_file(argument)).exists()
    return str(folder / argument) if stands_there else argument


def _file(argument: str) -> str:
    return argument.partition("::")[0]

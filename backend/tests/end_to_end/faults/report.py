"""`./dev faults`: every scenario as often as asked for, a line each, and the control that has to lose.

Run as `python -m end_to_end.faults.report` with backend/tests on the path.
"""

import argparse
import asyncio
import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, Final

import httpx
from databases import postgres_server
from end_to_end.faults.scenarios import LOSE_WITHOUT_MENDING, SCENARIOS, Scenario
from end_to_end.faults.stage import Servers, servers
from end_to_end.faults.verdict import Verdict, played, without_mending
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from neuroagent.app.errors import AppError

HEAD: Final = f"{'scenario':<24}{'ledger':<12}{'tasks':>7}{'lost':>6}{'twice':>7}{'recovery s':>12}"
BREAKS_OFF: Final = (AssertionError, LookupError, AppError, OSError, RedisError, SQLAlchemyError, httpx.HTTPError)
Ledgers = Mapping[str, Callable[[Path], str]]
Tell = Callable[[Verdict], None]


@dataclass(frozen=True)
class Round:
    scenario: Scenario
    ledger: str
    url: Callable[[Path], str]
    is_control: bool = False

    @property
    def name(self) -> str:
        return f"control: {self.scenario.name}" if self.is_control else self.scenario.name


def main() -> int:
    given = _arguments()
    verdicts: list[Verdict] = []
    say(HEAD)

    def tell(verdict: Verdict) -> None:
        verdicts.append(verdict)
        say(line(asdict(verdict)), *(f"    {told}" for told in verdict.complaints))
        if given.json:  # each time: a long run that is ended leaves what it found
            given.json.write_text(json.dumps(summed(verdicts), indent=2) + "\n", encoding="utf-8")

    asyncio.run(_all_rounds(given.scenario or [*SCENARIOS], given.repeat, tell))
    say("", f"In all, {given.repeat} times each:", HEAD, *map(line, summed(verdicts)), *failures(verdicts))
    return 1 if any(map(is_bad, verdicts)) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults", allow_abbrev=False)
    parser.add_argument("--repeat", type=int, default=1, help="how often to play each")
    parser.add_argument("--json", type=Path, help="a file for a row of each scenario and ledger")
    parser.add_argument("scenario", nargs="*", help=", ".join(SCENARIOS))
    given = parser.parse_args()
    if unknown := [name for name in given.scenario if name not in SCENARIOS]:
        parser.error(f"there is no scenario {unknown[0]!r}; there are: {', '.join(SCENARIOS)}")
    return given


async def _all_rounds(names: Sequence[str], times: int, tell: Tell) -> None:
    with TemporaryDirectory(prefix="faults-") as scratch, postgres_server() as postgres:
        ledgers: Ledgers = {
            "sqlite": lambda place: f"sqlite:///{place / 'ledger.db'}",
            "postgresql": lambda _: postgres.new_database(),
        }
        await play([*rounds([SCENARIOS[name] for name in names] * times, ledgers)], Path(scratch), tell)


def rounds(scenarios: Sequence[Scenario], ledgers: Ledgers) -> Iterator[Round]:
    for scenario in scenarios:
        for ledger, url in ledgers.items():
            yield Round(scenario, ledger, url)
        if scenario.name in LOSE_WITHOUT_MENDING:
            yield Round(scenario, "sqlite", ledgers["sqlite"], is_control=True)


async def play(rounds: Sequence[Round], folder: Path, tell: Tell) -> None:
    """One after the other; where one breaks off, nobody knows what it left, and the next gets servers of its own."""
    left = deque(rounds)
    for number in count():
        if not left:
            return
        async with servers(folder / f"servers-{number}") as built:
            while left:
                verdict, has_ended = await _verdict(left.popleft(), built, Path(mkdtemp(dir=folder)))
                tell(verdict)
                if not has_ended:
                    break


async def _verdict(now: Round, built: Servers, place: Path) -> tuple[Verdict, bool]:
    judge = without_mending if now.is_control else played
    try:
        return await judge(built, now.scenario, now.url(place), place), True
    except BREAKS_OFF as trouble:
        told = f"it broke off: {type(trouble).__name__}: {trouble}"
        return Verdict(now.name, now.ledger, 0, 0, 0, 0.0, (told,), is_control=now.is_control), False


def is_bad(verdict: Verdict) -> bool:
    """A control that loses nothing is as bad as a scenario that does."""
    return not verdict.lost if verdict.is_control else bool(verdict.complaints)


def failures(verdicts: Sequence[Verdict]) -> Iterator[str]:
    bad = [(number, verdict) for number, verdict in enumerate(verdicts, 1) if is_bad(verdict)]
    yield ""
    yield f"{len(bad)} of {len(verdicts)} rounds failed{':' if bad else '.'}"
    for number, verdict in bad:
        yield f"  round {number}, {verdict.scenario} on {verdict.ledger}:"
        yield from (f"    {told}" for told in verdict.complaints or ("a control that loses nothing proves nothing",))


def summed(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """One row a scenario and ledger: the sums, and the longest recovery."""
    by_name: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        by_name.setdefault((verdict.scenario, verdict.ledger), []).append(verdict)
    return [
        {
            "scenario": scenario,
            "ledger": ledger,
            "rounds": len(group),
            "tasks": sum(verdict.tasks for verdict in group),
            "lost": sum(verdict.lost for verdict in group),
            "twice": sum(verdict.twice for verdict in group),
            "recovery": max(verdict.recovery for verdict in group),
            "complaints": [told for verdict in group for told in verdict.complaints],
        }
        for (scenario, ledger), group in by_name.items()
    ]


def say(*lines: str) -> None:
    sys.stdout.writelines(f"{told}\n" for told in lines)
    sys.stdout.flush()


def line(row: Mapping[str, Any]) -> str:
    counts = f"{row['tasks']:>7}{row['lost']:>6}{row['twice']:>7}{row['recovery']:>12.1f}"
    return f"{row['scenario']:<24}{row['ledger']:<12}{counts}"


if __name__ == "__main__":
    sys.exit(main())

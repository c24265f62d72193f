"""`./dev faults`: every scenario as often as asked for, a line each, and the control that has to lose.

Run as `python -m end_to_end.faults.report` with backend/tests on the path.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from databases import postgres_server
from end_to_end.faults.scenarios import LOSE_WITHOUT_MENDING, SCENARIOS
from end_to_end.faults.stage import Servers, servers
from end_to_end.faults.verdict import Verdict, played, without_mending

HEAD: Final = f"{'scenario':<24}{'ledger':<12}{'tasks':>7}{'lost':>6}{'twice':>7}{'recovery s':>12}"
Ledgers = Mapping[str, Callable[[Path], str]]


def main() -> int:
    given = _arguments()
    verdicts = asyncio.run(_played(given.scenario or [*SCENARIOS], given.repeat))
    rows = summed(verdicts)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    say("", HEAD, *map(line, rows))
    return 1 if any(is_bad(verdict) for verdict in verdicts) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev faults", allow_abbrev=False)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("scenario", nargs="*", help=", ".join(SCENARIOS))
    given = parser.parse_args()
    if unknown := [name for name in given.scenario if name not in SCENARIOS]:
        parser.error(f"there is no scenario {unknown[0]!r}; there are: {', '.join(SCENARIOS)}")
    return given


async def _played(names: Sequence[str], times: int) -> list[Verdict]:
    verdicts = []
    with TemporaryDirectory(prefix="faults-") as scratch, postgres_server() as postgres:
        folder = Path(scratch)
        ledgers = {
            "sqlite": lambda place: f"sqlite:///{place / 'ledger.db'}",
            "postgresql": lambda _: postgres.new_database(),
        }
        async with servers(folder) as built:
            async for verdict in _rounds(built, ledgers, [*names] * times):
                say(line(asdict(verdict)), *(f"    {told}" for told in verdict.complaints))
                verdicts.append(verdict)
    return verdicts


async def _rounds(built: Servers, ledgers: Ledgers, names: Sequence[str]) -> AsyncIterator[Verdict]:
    places = (built.folder / f"round-{number}" for number in count())
    for name in names:
        for url in ledgers.values():
            place = next(places)
            place.mkdir()
            yield await played(built, SCENARIOS[name], url(place), place)
        if name in LOSE_WITHOUT_MENDING:
            place = next(places)
            place.mkdir()
            yield await without_mending(built, SCENARIOS[name], ledgers["sqlite"](place), place)


def is_bad(verdict: Verdict) -> bool:
    """A control that loses nothing is as bad as a scenario that does."""
    return not verdict.lost if verdict.is_control else bool(verdict.complaints)


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

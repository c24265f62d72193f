"""The task engine beside the ways others take: one table and one file of figures, all in one run on one machine."""

import argparse
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "contenders"), str(HERE.parent / "tests")]

import uvloop
from clients import ours, rivals
from crews import DATABASES, Crew, crew
from databases import postgres_server
from manners import Manner
from processes import RedisServer, redis_server
from rooms import rooms
from table import Figures, lines, ratio
from waits import Waits, ender, lost, measure

OURS: Final = "ours, ledger on SQLite"
OURS_POSTGRES: Final = "ours, ledger on PostgreSQL"
ECHO: Final = "raw LPUSH-BRPOP echo"
ASYNC_RESULT: Final = "Celery AsyncResult.get"
STREAM: Final = "Celery, stream then poll at 0.1 s"
IN_FLIGHT: Final = 50
WARM_UP: Final = 10


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    calls: int
    slow_calls: int  # of the one that takes 0.1 s each
    tasks: int
    slow_tasks: int
    waits: tuple[int, int]
    woken: int


FULL: Final = Size(5, 150, 12, 600, 150, (1_000, 10_000), 500)
QUICK: Final = Size(1, 30, 3, 100, 50, (100, 1_000), 50)


@dataclass(frozen=True)
class Contender:
    name: str
    crew: str
    manner: Manner


@dataclass(frozen=True)
class Ground:
    """Where they meet: one Redis and one PostgreSQL."""

    folder: Path
    redis: RedisServer
    databases: dict[str, str | None]


@contextmanager
def ground() -> Iterator[Ground]:
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="neuroagent-bench-")))
        redis = opened.enter_context(redis_server(folder / "redis"))
        postgres = opened.enter_context(postgres_server())
        yield Ground(folder, redis, {OURS: None, OURS_POSTGRES: postgres.new_database()})


@asynccontextmanager
async def all_contenders(at: Ground) -> AsyncIterator[list[Contender]]:
    async with AsyncExitStack() as opened:
        others = await opened.enter_async_context(rivals(at.redis))
        contenders = [Contender(name, crew_name, manner) for name, (crew_name, manner) in others.items()]
        for name, database in at.databases.items():
            mine = await opened.enter_async_context(rooms(at.redis, at.folder / name, database))
            contenders.append(Contender(name, "ours", ours(mine)))
        yield contenders


async def race(at: Ground, size: Size, processes: Sequence[int]) -> dict[str, Figures]:
    """Latency with as many worker processes as the first number says, throughput with the second."""
    async with all_contenders(at) as contenders:
        table = {contender.name: Figures() for contender in contenders}
        for phase, number in zip((_latency, _throughput), processes, strict=True):
            with ExitStack() as opened:
                names = sorted({contender.crew for contender in contenders})
                crews = {name: opened.enter_context(crew(name, at.redis, at.folder, number)) for name in names}
                await _warm_up(contenders, crews)
                for _ in range(size.rounds):
                    for contender in contenders:
                        with crews[contender.crew].at_work():
                            await phase(contender, table[contender.name], size)
    return table


async def _warm_up(contenders: Sequence[Contender], crews: Mapping[str, Crew]) -> None:
    for contender in contenders:
        await contender.manner.latencies(3 if contender.name == STREAM else WARM_UP)
    for started in crews.values():
        started.freeze()


async def _latency(contender: Contender, figures: Figures, size: Size) -> None:
    await contender.manner.latencies(1)  # the first after a thaw
    slow = contender.name == STREAM
    figures.add_latencies(await contender.manner.latencies(size.slow_calls if slow else size.calls))


async def _throughput(contender: Contender, figures: Figures, size: Size) -> None:
    await contender.manner.latencies(1)
    slow = contender.name == STREAM
    figures.per_second.append(await contender.manner.throughput(size.slow_tasks if slow else size.tasks, IN_FLIGHT))


async def wait(at: Ground, name: str, size: Size) -> dict[str, float]:
    """What many waits at once cost an app process that has just been busy."""
    before = connections(at.redis)
    async with rooms(at.redis, at.folder / f"waits {name}", at.databases[name]) as mine:
        with crew("ours", at.redis, at.folder, 1):
            await ours(mine).throughput(size.tasks, IN_FLIGHT)
        async with ender(at.redis, mine) as worker:
            pairs = [[await measure(mine, worker, n, size.woken) for n in size.waits] for _ in range(size.rounds)]
            held = connections(at.redis) - before - 1  # the ender has one
            missed = await lost(mine, worker, size.waits[-1])
    few, many = size.waits
    return {
        **figures_of_waits([pair[0] for pair in pairs]),
        **figures_of_waits([pair[1] for pair in pairs]),
        f"connections_{many}": held,
        f"wake_p95_{many}_vs_{few}": ratio([pair[1].wake_p95 for pair in pairs], [pair[0].wake_p95 for pair in pairs]),
        "lost_wakeups": missed,
    }


def figures_of_waits(rounds: Sequence[Waits]) -> dict[str, float]:
    number = rounds[0].number
    return {
        f"bytes_per_wait_{number}": round(median(waits.bytes_each for waits in rounds)),
        f"wake_p50_ms_{number}": round(median(waits.wake_p50 for waits in rounds), 3),
        f"wake_p95_ms_{number}": round(median(waits.wake_p95 for waits in rounds), 3),
    }


def figures_of_race(table: Mapping[str, Figures], name: str) -> dict[str, float]:
    """Beside whom it counts; `vs` is ours divided by theirs."""
    mine, rival = table[name], table[ASYNC_RESULT]
    return {
        "p50_ms": round(median(mine.p50), 3),
        "per_second": round(median(mine.per_second), 1),
        "p50_vs_async_result": ratio(mine.p50, rival.p50),
        "p50_vs_echo": ratio(mine.p50, table[ECHO].p50),
        "speedup_vs_stream_then_poll": ratio(table[STREAM].p50, mine.p50),
        "throughput_vs_async_result": ratio(mine.per_second, rival.per_second),
    }


async def bench(size: Size, processes: Sequence[int]) -> dict[str, float]:
    """Prints the table as it comes; the headline figures are those with SQLite."""
    figures: dict[str, float] = {}
    with ground() as at:
        table = await race(at, size, processes)
        print("\n".join(lines(table)), flush=True)
        for name, suffix in ((OURS, ""), (OURS_POSTGRES, "_postgresql")):
            mine = figures_of_race(table, name) | await wait(at, name, size)
            figures |= {f"{key}{suffix}": value for key, value in mine.items()}
    for key, value in figures.items():
        if not key.endswith("_postgresql"):
            print(f"{key:<40}{value:>10}{figures.get(f'{key}_postgresql', ''):>10}")
    return figures


def connections(redis: RedisServer) -> int:
    """Those to our own database of the one Redis, but for the one that asks."""
    with redis.connect() as line:
        return sum(1 for client in line.client_list() if client["db"] == str(DATABASES["ours"])) - 1


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench engine", description=__doc__, allow_abbrev=False)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--quick", action="store_true", help="a smoke run: the figures mean little")
    parser.add_argument("--processes", type=int, nargs=2, default=(1, 2), metavar=("LATENCY", "THROUGHPUT"))
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no worker is left behind
    begun = monotonic()
    figures = uvloop.run(bench(QUICK if given.quick else FULL, given.processes))
    print(f"{monotonic() - begun:.0f} s")
    if given.json:
        given.json.write_text(f"{json.dumps(figures, indent=2)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

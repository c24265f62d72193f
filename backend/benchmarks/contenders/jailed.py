"""What it costs to run a question's SQL in the jail, beside the engine alone on the same file."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import duckdb

from neuroagent.tasks.circuit.errors import CircuitError
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Limits, Question
from neuroagent.tasks.circuit.sql.standing import Start

ROUNDS: Final = 40
AT_ONCE: Final = 100
PROCESSES: Final = 2


def jail_figures(parquet: Path, sql: str, start: Start, table: str = "neurons") -> dict[str, float]:
    """`jail_ms` is the median of what comes on top of the engine: list, lock, fork, and the rows' way out."""
    question = Question(sql, str(parquet), table)
    with Jail(start) as jail, duckdb.connect(":memory:", config={"threads": 1}) as engine:
        engine.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{parquet}')")
        started = perf_counter()
        _ask(jail, question)
        first = perf_counter() - started
        alone = _median_ms(lambda: engine.execute(sql).fetchmany(1_000))
        jailed = _median_ms(lambda: _ask(jail, question))
    return {
        "jail_ms": round(jailed - alone, 2),
        "jailed_ms": round(jailed, 2),
        "engine_ms": round(alone, 2),
        "jail_first_ms": round(first * 1_000, 1),
    }


def at_once_figures(parquet: Path, sql: str, start: Start, table: str = "neurons") -> dict[str, float]:
    """A hundred people, two worker processes; `peak_mb` is of all processes of the jails together."""
    question = Question(sql, str(parquet), table, Limits(seconds=60))
    with ExitStack() as opened:
        jails = [opened.enter_context(Jail(start)) for _ in range(PROCESSES)]
        people = opened.enter_context(ThreadPoolExecutor(AT_ONCE))
        started = perf_counter()
        answers = list(people.map(lambda number: _fails(jails[number % PROCESSES], question), range(AT_ONCE)))
        seconds = perf_counter() - started
        standing = sum(_resident(jail) for jail in jails)
        peak = standing + sum(jail_peak for _, jail_peak in sorted(answers, key=lambda answer: answer[1])[-PROCESSES:])
    return {
        "at_once_failed": sum(failed for failed, _ in answers),
        "at_once_seconds": round(seconds, 2),
        "at_once_peak_mb": round(peak / 1_024, 1),
    }


def _ask(jail: Jail, question: Question) -> int:
    with jail.ask(question) as reply:
        return sum(len(batch) for batch in reply.batches())


def _fails(jail: Jail, question: Question) -> tuple[int, int]:
    """Whether it failed, and the most kB that its fork had in memory."""
    try:
        _ask(jail, question)
    except CircuitError:
        return 1, 0
    standing = jail._standing
    return 0, standing.ending.peak if standing and standing.ending else 0


def _resident(jail: Jail) -> int:
    standing = jail._standing
    statm = Path(f"/proc/{standing._process.pid}/statm") if standing else Path()
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_024 if statm.is_file() else 0


def _median_ms(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = perf_counter()
        call()
        taken.append((perf_counter() - started) * 1_000)
    return median(taken)

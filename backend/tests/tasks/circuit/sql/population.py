"""A small population in a Parquet file, and questions to it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.lines import End, Heading
from neuroagent.tasks.circuit.sql.question import Limits, Question

MAKING = """
COPY (
    SELECT
        i AS node_id,
        'cortex' AS population,
        (1 + i % 6)::VARCHAR AS layer,
        'L' || (1 + i % 6) || (CASE WHEN i % 5 < 4 THEN '_TPC' ELSE '_MC' END) AS mtype,
        CASE WHEN i % 5 < 4 THEN 'cADpyr' ELSE 'bAC' END AS etype,
        CASE WHEN i % 5 < 4 THEN 'EXC' ELSE 'INH' END AS synapse_class,
        CASE WHEN i % 7 = 0 THEN NULL ELSE 'left' END AS hemisphere,
        (i * 37 % 1000) / 10.0::DOUBLE AS x,
        (i * 91 % 1000) / 10.0::DOUBLE AS y,
        (i * 53 % 1000) / 10.0::DOUBLE AS z,
        CASE WHEN i % 11 = 0 THEN 'nan'::DOUBLE ELSE i / 1000.0 END AS threshold_current,
        DATE '2024-01-01' + (i % 400)::INTEGER AS traced_on
    FROM range({rows}) t(i)
) TO '{path}' (FORMAT parquet)
"""


@dataclass(frozen=True)
class Answered:
    heading: Heading
    rows: list[list[Any]]
    end: End


def make_population(path: Path, rows: int = 5_000) -> Path:
    with duckdb.connect(":memory:") as engine:
        engine.execute(MAKING.format(rows=rows, path=path))
    return path


def ask(jail: Jail, sql: str, path: Path, limits: Limits | None = None, **changes: float) -> Answered:
    asked = replace(limits or Limits(), **changes)  # type: ignore[arg-type]  # each name's type is the dataclass's
    with jail.ask(Question(sql, str(path), limits=asked)) as reply:
        rows = [row for batch in reply.batches() for row in batch]
    assert reply.end is not None
    return Answered(reply.heading, rows, reply.end)

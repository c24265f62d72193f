"""One way to an answer, in a process of its own: what it takes after its imports, and how much memory besides."""

import gc
import json
import os
import re
import sys
import tarfile
import urllib.request
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import duckdb
import pyarrow as pa

SQL = """\
SELECT layer, count(*) AS n, avg(x) AS x FROM neurons WHERE synapse_class = 'EXC' GROUP BY layer ORDER BY layer"""
NEEDED = ["layer", "x", "synapse_class"]
POPULATION = "S1_neurons"

Rows = list[tuple[Any, ...]]


def engine() -> Any:
    return duckdb.connect(":memory:", config={"threads": 1})


def asked_of(table: object) -> Rows:
    with engine() as connection:
        connection.register("neurons", table)
        return rounded(connection.execute(SQL).fetchall())


def rounded(rows: Rows) -> Rows:
    return [tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row) for row in rows]


def pandas(folder: str) -> Rows:
    """Every population into a frame, as the usual loader has it, and the one asked for into the engine."""
    import bluepysnap

    frames = dict(bluepysnap.Circuit(f"{folder}/circuit_config.json").nodes.get())
    return asked_of(frames[POPULATION])


def pandas_contact(url: str) -> Rows:
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        archive = Path(folder) / "circuit.gz"
        with urllib.request.urlopen(url) as answer:
            archive.write_bytes(answer.read())
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        return pandas(f"{folder}/circuit")


def files(folder: str) -> Any:
    from neuroagent.tasks.circuit.sonata import NodeFiles

    return NodeFiles(Path(folder) / "nodes.h5", Path(folder) / "node_types.csv")


def all_columns(folder: str) -> Rows:
    from neuroagent.tasks.circuit.sonata import open_population

    with open_population(files(folder), POPULATION) as table:
        return asked_of(table.whole())


def projected(folder: str) -> Rows:
    from neuroagent.tasks.circuit.sonata import open_population

    with open_population(files(folder), POPULATION) as table:
        return asked_of(table.whole(NEEDED))


def streamed(folder: str) -> Rows:
    """The whole cache entry, profile and all, and the question put to it."""
    from neuroagent.tasks.circuit.parquet import write_and_survey
    from neuroagent.tasks.circuit.sonata import open_population

    with TemporaryDirectory(dir=Path.cwd()) as made:
        parquet = Path(made) / "table.parquet"
        with open_population(files(folder), POPULATION) as table:
            write_and_survey(table, parquet).profile(POPULATION)
        with engine() as connection:
            return rounded(connection.execute(SQL.replace("neurons", f"read_parquet('{parquet}')")).fetchall())


WAYS: dict[str, Callable[[str], Rows]] = {
    "pandas": pandas,
    "pandas_contact": pandas_contact,
    "all": all_columns,
    "projected": projected,
    "streamed": streamed,
}


def warmed_up(way: str) -> None:
    """Imports, and what libraries load on their first use, are nobody's fault."""
    warnings.simplefilter("ignore")
    if way.startswith("pandas"):
        import bluepysnap  # noqa: F401
    else:
        import neuroagent.tasks.circuit.parquet
        import neuroagent.tasks.circuit.sonata  # noqa: F401
    asked_of(pa.table({"layer": ["1"], "x": [1.0], "synapse_class": ["EXC"]}))


def memory(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found.group(1)) / 1_024 if found else 0.0


def main(way: str, where: str) -> None:
    with suppress(AttributeError):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    warmed_up(way)
    gc.collect()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the highest mark, from here on
    before, begun = memory("VmRSS"), perf_counter()
    rows = WAYS[way](where)
    seconds = perf_counter() - begun
    print(json.dumps({"seconds": seconds, "peak_mb": memory("VmHWM") - before, "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Questions to circuits beside the usual way (bluepysnap, pandas, DuckDB): one table, one file of figures, one run."""

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "contenders")]

import pyarrow as pa
import pyarrow.parquet as pq
from circuit_way import POPULATION, SQL, rounded
from jailed import at_once_figures, jail_figures

from neuroagent.task_schemas.circuit import CircuitLink
from neuroagent.tasks.circuit.cache import Cache
from neuroagent.tasks.circuit.contact import Circuits
from neuroagent.tasks.circuit.fetch import Download, open_link
from neuroagent.tasks.circuit.links import LinkRules
from neuroagent.tasks.circuit.making.packing import pack
from neuroagent.tasks.circuit.making.writing import Plan, write_circuit
from neuroagent.tasks.circuit.reader.standby import Readers
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Question
from neuroagent.tasks.circuit.walls import jail_beside, start_reader

SIZES: Final = {100_000: "100k", 1_000_000: "1m", 5_000_000: "5m"}
EDGES_A_NODE: Final = 300  # bytes, so that most of an archive is what no question needs


@dataclass(frozen=True)
class Taken:
    seconds: float
    peak_mb: float
    rows: list[list[Any]]


@contextmanager
def site(folder: Path) -> Iterator[str]:
    command = [sys.executable, HERE / "contenders" / "circuit_site.py", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip() if server.stdout else ''}"
        finally:
            server.kill()


def in_a_process(way: str, where: object, folder: Path) -> Taken:
    command = [sys.executable, HERE / "contenders" / "circuit_way.py", way, str(where)]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2_000:])
    return Taken(**json.loads(ran.stdout.splitlines()[-1]))


class Product:
    """A worker's own way: reader, cache and jail, all of them warm."""

    def __init__(self, folder: Path) -> None:
        cache = Cache(folder / "cache", 50 * 2**30)
        self._tables = cache.tables
        self._readers = Readers(start_reader, cache.spool)
        self._circuits = Circuits(self._readers, cache)
        self.jail = Jail(jail_beside(cache.tables))
        self.ready()

    def ready(self) -> None:
        """A worker that stood there for a while before the question came."""
        self._readers.ready()
        self.jail.warm()
        with TemporaryDirectory(dir=self._tables) as folder:
            Path(folder).chmod(0o755)
            pq.write_table(pa.table({"a": [1]}), Path(folder) / "a.parquet")
            with self.jail.ask(Question("SELECT a FROM neurons", f"{folder}/a.parquet")) as reply:
                list(reply.batches())

    def ask(self, url: str) -> list[tuple[Any, ...]]:
        with self._circuits.population(lambda: self._opened(url), POPULATION) as population:
            return self._answer(population.parquet)

    def parquet(self, url: str) -> Path:
        with self._circuits.population(lambda: self._opened(url), POPULATION) as population:
            return population.parquet

    def close(self) -> None:
        self._readers.close()
        self.jail.close()

    def _opened(self, url: str) -> Download:
        return open_link(CircuitLink(url=url, name="circuit.gz"), LinkRules(loopback=True))

    def _answer(self, parquet: Path) -> list[tuple[Any, ...]]:
        with self.jail.ask(Question(SQL, str(parquet))) as reply:
            return rounded([tuple(row) for batch in reply.batches() for row in batch])


def timed(call: Callable[[], object]) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun


def measure(nodes: int, rounds: int, folder: Path) -> dict[str, float]:
    """One size: times are theirs divided by ours, memory is ours divided by theirs."""
    circuit = folder / "circuit"
    plan = Plan(nodes, projecting=nodes // 2, plain_strings=False, edges_megabytes=nodes * EDGES_A_NODE // 2**20)
    write_circuit(plan, circuit)
    name = SIZES[nodes]
    figures = _reading(circuit, rounds, folder, name)
    pack(circuit, folder / "circuit.gz")
    with site(folder) as url:
        return figures | _asking(f"{url}/circuit.gz", rounds, folder, name)


def _reading(circuit: Path, rounds: int, folder: Path, name: str) -> dict[str, float]:
    taken: dict[str, list[Taken]] = {way: [] for way in ("pandas", "all", "projected", "streamed")}
    for _ in range(rounds):
        for way, results in taken.items():
            results.append(in_a_process(way, circuit, folder))
            same(results[-1].rows, taken["pandas"][0].rows)
    theirs = taken["pandas"]
    for way, results in taken.items():
        show(f"{way}, {name}", median(each.seconds for each in results), median(each.peak_mb for each in results))
    return {
        f"first_all_columns_{name}": faster(theirs, taken["all"]),
        f"first_projected_{name}": faster(theirs, taken["projected"]),
        f"first_streamed_{name}": faster(theirs, taken["streamed"]),
        f"peak_memory_{name}": less(theirs, taken["all"]),
        f"peak_memory_projected_{name}": less(theirs, taken["projected"]),
        f"peak_memory_streamed_{name}": less(theirs, taken["streamed"]),
        f"their_seconds_{name}": round(median(each.seconds for each in theirs), 3),
    }


def _asking(url: str, rounds: int, folder: Path, name: str) -> dict[str, float]:
    contacts, theirs, repeats = [], [], []
    for number in range(rounds):
        theirs.append(in_a_process("pandas_contact", url, folder))
        product = Product(folder / f"round-{number}")
        contacts.append(timed(lambda product=product: same(product.ask(url), theirs[0].rows)))
        product.ready()
        repeats += [timed(lambda product=product: product.ask(url)) for _ in range(10)]
        product.close()
    loading = [in_a_process("pandas", folder / "circuit", folder).seconds for _ in range(rounds)]
    show(f"pandas, contact, {name}", median(each.seconds for each in theirs), median(each.peak_mb for each in theirs))
    show(f"product, contact, {name}", median(contacts))
    show(f"product, repeat, {name}", median(repeats))
    figures = {
        f"contact_{name}": round(median(each.seconds for each in theirs) / median(contacts), 2),
        f"repeat_{name}": round(median(loading) / median(repeats), 1),
        f"repeat_ms_{name}": round(median(repeats) * 1_000, 2),
    }
    return figures | _jail(url, folder, name)


def _jail(url: str, folder: Path, name: str) -> dict[str, float]:
    if name != "1m":
        return {}
    product = Product(folder / "round-0")
    try:
        parquet = product.parquet(url)
        walled = jail_beside(parquet.parent)
        return jail_figures(parquet, SQL, walled) | at_once_figures(parquet, SQL, walled)
    finally:
        product.close()


def same(ours: Sequence[Sequence[Any]], theirs: Sequence[Sequence[Any]]) -> None:
    if [list(row) for row in ours] != [list(row) for row in theirs]:
        raise RuntimeError(f"The answers differ: {ours} and {theirs}")


def faster(theirs: Sequence[Taken], ours: Sequence[Taken]) -> float:
    return round(median(one.seconds / other.seconds for one, other in zip(theirs, ours, strict=True)), 1)


def less(theirs: Sequence[Taken], ours: Sequence[Taken]) -> float:
    return round(median(other.peak_mb / one.peak_mb for one, other in zip(theirs, ours, strict=True)), 3)


def show(what: str, seconds: float, peak_mb: float | None = None) -> None:
    print(
        f"{what:<34}{seconds * 1_000:>10.1f} ms" + (f"{peak_mb:>10.0f} MB" if peak_mb is not None else ""), flush=True
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench circuit", description=__doc__, allow_abbrev=False)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--quick", action="store_true", help="a smoke run: the figures mean little")
    parser.add_argument("--large", action="store_true", help="five million neurons as well")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no reader is left behind
    sizes = [100_000] if given.quick else [100_000, 1_000_000, *([5_000_000] if given.large else [])]
    begun, figures = monotonic(), dict[str, float]()
    for nodes in sizes:
        with TemporaryDirectory(prefix="bench-circuit-") as folder:
            figures |= measure(nodes, 1 if given.quick or nodes > 1_000_000 else 3, Path(folder))
    for key, value in figures.items():
        print(f"{key:<40}{value:>10}")
    print(f"{monotonic() - begun:.0f} s")
    if given.json:
        given.json.write_text(f"{json.dumps(figures, indent=2)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

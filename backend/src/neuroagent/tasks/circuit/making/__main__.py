"""`./dev circuit make`: a realistic SONATA circuit of any size, as a folder or as the archive one uploads."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from neuroagent.tasks.circuit.making.packing import pack
from neuroagent.tasks.circuit.making.writing import MEGABYTE, Plan, write_circuit

ARCHIVES = (".gz", ".tgz")


def main(arguments: Sequence[str]) -> int:
    given = _parsed(arguments)
    plan = Plan(
        nodes=given.nodes,
        projecting=given.nodes // 10 if given.projecting is None else given.projecting,
        groups=given.groups,
        plain_strings=not given.enumerated,
        edges_megabytes=given.edges_mb,
        seed=given.seed,
    )
    begun = perf_counter()
    made = make(plan, given.to)
    size = sum(path.stat().st_size for path in (made.iterdir() if made.is_dir() else [made]))
    sys.stdout.write(f"{made}: {plan.nodes:,} neurons, {size / MEGABYTE:.1f} MB, {perf_counter() - begun:.1f} s\n")
    return 0


def make(plan: Plan, to: Path) -> Path:
    """A name that ends in .gz asks for an archive, any other for a folder."""
    if to.suffix not in ARCHIVES:
        write_circuit(plan, to)
        return to
    to.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=to.parent, prefix=".making-") as folder:
        write_circuit(plan, Path(folder))
        return pack(Path(folder), to)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev circuit make", description=__doc__)
    parser.add_argument("to", type=Path, nargs="?", default=Path("circuit.gz"), help="folder, or archive if .gz")
    parser.add_argument("--nodes", type=_count, default=10_000, help="neurons of the main population (10000)")
    parser.add_argument("--projecting", type=_count, help="virtual fibres of the second one (a tenth)")
    parser.add_argument("--groups", type=int, choices=range(1, 10), default=1, help="groups of attributes (1)")
    parser.add_argument("--enumerated", action="store_true", help="no plain strings: morphology too has a library")
    parser.add_argument("--edges-mb", type=_count, default=0, help="megabytes of edges, which no question needs (0)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same circuit (1)")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    number = int(text.replace("_", ""))
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than nothing")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`node_types.csv`: what all nodes of a type share, said once and joined by `node_type_id`."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from neuroagent.tasks.circuit.profile import Skipped
from neuroagent.tasks.circuit.values import Array, text

ID: Final = "node_type_id"
POPULATION: Final = "population"
NOTHING: Final = frozenset({"NULL", "None", "nan", ""})
MOST_BYTES: Final = 64 * 2**20
MOST_COLUMNS: Final = 500

_number: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_integer: Final = re.compile(r"[-+]?\d{1,18}")


@dataclass(frozen=True)
class NodeTypes:
    """Ids sorted, and a word or number for each id under every column; one population's."""

    ids: Array
    columns: dict[str, pa.Array]
    skipped: tuple[Skipped, ...] = ()


NO_TYPES: Final = NodeTypes(np.zeros(0, np.int64), {})


def read_node_types(path: Path, population: str) -> NodeTypes:
    """The rows of this population, or of all where the table names none."""
    if path.stat().st_size > MOST_BYTES:
        return _left_out(f"it is larger than {MOST_BYTES} bytes")
    lines = StringIO(text(path.read_bytes()) or "")
    rows = csv.reader(lines, delimiter=" ", quotechar='"', skipinitialspace=True)
    try:
        header, *entries = [[cell for cell in row if cell] for row in rows if any(row)] or [[]]
    except csv.Error as error:
        return _left_out(str(error))
    if ID not in header:
        return _left_out(f"it has no column {ID!r}")
    return _table(header[:MOST_COLUMNS], entries, population)


def _table(header: list[str], entries: list[list[str]], population: str) -> NodeTypes:
    known: dict[int, dict[str, str]] = {}
    odd = 0
    for entry in entries:
        row = dict(zip(header, entry, strict=False))
        if not _integer.fullmatch(row.get(ID, "")) or len(entry) != len(header):
            odd += 1
        elif row.get(POPULATION, population) in {population, *NOTHING}:
            known[int(row[ID])] = row
    ids = sorted(known)
    names = [name for name in header if name not in {ID, POPULATION}]
    columns = {name: _column([known[each][name] for each in ids]) for name in names}
    skipped = (Skipped("node types", f"{odd} rows don't fit the header"),) if odd else ()
    return NodeTypes(np.array(ids, dtype=np.int64), columns, skipped)


def _column(words: list[str]) -> pa.Array:
    """Whole numbers, numbers or text, whichever takes all of them."""
    given = [None if word in NOTHING else word for word in words]
    if _all(_integer, given):
        return pa.array([None if word is None else int(word) for word in given], pa.int64())
    if _all(_number, given):
        return pa.array([None if word is None else float(word) for word in given], pa.float64())
    return pa.array(given, pa.string())


def _all(pattern: re.Pattern[str], words: Iterable[str | None]) -> bool:
    given: list[Any] = [word for word in words if word is not None]
    return bool(given) and all(pattern.fullmatch(word) for word in given)


def _left_out(why: str) -> NodeTypes:
    return NodeTypes(NO_TYPES.ids, {}, (Skipped("node types", why),))

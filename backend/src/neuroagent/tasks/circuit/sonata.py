"""A SONATA node population as one table: index, groups, libraries and node types put together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from neuroagent.tasks.circuit import naming
from neuroagent.tasks.circuit.attributes import AttributePath, GroupReading, NodeFile, read_group
from neuroagent.tasks.circuit.errors import BadFile, PopulationNotFound
from neuroagent.tasks.circuit.groups import Membership, Part, combined, membership
from neuroagent.tasks.circuit.node_types import NO_TYPES, NodeTypes, read_node_types
from neuroagent.tasks.circuit.profile import Skipped
from neuroagent.tasks.circuit.table import Column, Table
from neuroagent.tasks.circuit.values import Numbers, OfType, RowNumbers, Same, Stored, TypeIds, Values
from neuroagent.tasks.circuit.vetting import open_vetted

NODES: Final = "nodes"
INDEXES: Final = ("node_type_id", "node_group_id", "node_group_index", "node_id")
UNTYPED: Final = -1
NODE_TYPES: Final = "node types"


@dataclass(frozen=True)
class NodeFiles:
    """Where a population lies."""

    nodes: Path
    types: Path | None = None


def populations(path: Path) -> dict[str, int]:
    """The names in a node file, each with its number of nodes."""
    with open_vetted(path) as file:
        return {name: _rows(group) for name, group in _populations(file).items()}


def open_population(files: NodeFiles, name: str) -> Table:
    """Nothing is read yet but what the columns are; `Table.close` gives the file back."""
    file = open_vetted(files.nodes)
    found = _populations(file)
    if name not in found:
        raise PopulationNotFound.among(name, found)
    types = read_node_types(files.types, name) if files.types else NO_TYPES
    return _table(NodeFile.of(files.nodes, file), found[name], name, types)


def _populations(file: Any) -> dict[str, Any]:
    nodes = file.get(NODES)
    if not isinstance(nodes, h5py.Group):
        raise BadFile(f"There is no group {NODES!r} in the file; is it one of edges?")
    return {name: group for name, group in nodes.items() if isinstance(group, h5py.Group)}


def _rows(population: Any) -> int:
    """As long as its index; without one, as long as the datasets of its first group mostly are."""
    for name in INDEXES:
        index = population.get(name)
        if isinstance(index, h5py.Dataset) and index.ndim == 1:
            return int(index.shape[0])
    lengths = [
        int(dataset.shape[0])
        for group in population.values()
        if isinstance(group, h5py.Group)
        for dataset in group.values()
        if isinstance(dataset, h5py.Dataset) and dataset.shape
    ]
    return max(lengths, key=lengths.count, default=0)


def _table(node_file: NodeFile, population: Any, name: str, types: NodeTypes) -> Table:
    rows = _rows(population)
    skipped: list[Skipped] = list(types.skipped)
    index = {each: _index(node_file, population, each, rows, skipped) for each in INDEXES}
    placed = membership(population, index["node_group_id"], index["node_group_index"], rows, skipped)
    readings = {each: read_group(node_file, placed.groups[each], placed.sizes[each]) for each in placed.groups}
    skipped += _said_once(readings)
    attributes = _attributes(placed, readings, index["node_type_id"], types)
    columns = [*_own_columns(name, index, types), *_named(attributes)]
    return Table(name, rows, tuple(columns), tuple(skipped), node_file.forget, node_file.file.close)


def _index(node_file: NodeFile, population: Any, name: str, rows: int, skipped: list[Skipped]) -> Stored | None:
    dataset = population.get(name)
    if not isinstance(dataset, h5py.Dataset):
        return None
    if dataset.shape != (rows,) or dataset.dtype.kind not in "iu":
        skipped.append(Skipped(name, f"it is not a whole number for each of the {rows} nodes"))
        return None
    return node_file.stored(dataset)


def _said_once(readings: dict[str, GroupReading]) -> list[Skipped]:
    several = len(readings) > 1
    return [
        Skipped(f"{name}/{each.what}" if several else each.what, each.why)
        for name, reading in readings.items()
        for each in reading.skipped
    ]


def _attributes(
    placed: Membership, readings: dict[str, GroupReading], type_ids: Stored | None, types: NodeTypes
) -> dict[AttributePath, Values]:
    """What the file itself says wins over its node types, group by group."""
    known = TypeIds(types.ids)
    shared: dict[AttributePath, Values] = {}
    if type_ids:
        shared = {(each,): OfType(type_ids, known, words) for each, words in types.columns.items()}
    paths = dict.fromkeys([*(path for reading in readings.values() for path in reading.values), *shared])
    return {
        path: combined(
            placed,
            [Part(name, reading.values[path]) for name, reading in readings.items() if path in reading.values],
            shared.get(path),
        )
        for path in paths
    }


def _own_columns(name: str, index: dict[str, Stored | None], types: NodeTypes) -> list[Column]:
    ids, type_ids = index["node_id"], index["node_type_id"]
    columns = [
        Column(
            naming.NODE_ID, "row number" if ids is None else "node_id", RowNumbers() if ids is None else Numbers(ids)
        ),
        Column(naming.POPULATION, "name of the population", Same(name)),
    ]
    if type_ids is not None and (types.columns or _says_something(type_ids)):
        columns.append(Column("node_type_id", "node_type_id", Numbers(type_ids)))
    return columns


def _says_something(type_ids: Stored) -> bool:
    """Most files write -1 for every node; a look at the first tells."""
    return bool(np.any(type_ids.numbers(0, 1_000) != UNTYPED))


def _named(attributes: dict[AttributePath, Values]) -> list[Column]:
    taken = (naming.NODE_ID, naming.POPULATION, "node_type_id")
    names = naming.column_names(attributes, taken)
    return [Column(names[path], "/".join(path), values) for path, values in attributes.items()]

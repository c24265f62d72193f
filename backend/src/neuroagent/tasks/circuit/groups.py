"""Populations in several groups: each node's attributes lie at some place of some group."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from neuroagent.tasks.circuit.profile import Skipped
from neuroagent.tasks.circuit.values import TEXT, Array, Missing, Stored, Values

SPREAD: Final = 4  # a stretch with at most so many times the rows wanted is read whole


@dataclass(frozen=True)
class Membership:
    """The groups by name; without `ids` there is one, and its rows are the population's."""

    groups: dict[str, Any]
    sizes: dict[str, int]
    ids: Stored | None = None
    places: Stored | None = None
    numbers: dict[str, int] = field(default_factory=dict)

    def size(self, number: int) -> int:
        return next(self.sizes[name] for name, each in self.numbers.items() if each == number)


@dataclass(frozen=True)
class Part:
    """An attribute as one group has it."""

    group: str
    values: Values


@dataclass(frozen=True)
class _Sequence:
    """Groups one after the other, where the file doesn't say who is where."""

    starts: tuple[int, ...]
    of_group: bool

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.int64)

    def numbers(self, start: int, stop: int) -> Array:
        rows = np.arange(start, stop, dtype=np.int64)
        group = np.searchsorted(np.array(self.starts), rows, side="right") - 1
        found: Array = group if self.of_group else rows - np.array(self.starts)[group]
        return found


def membership(
    population: Any, ids: Stored | None, places: Stored | None, rows: int, skipped: list[Skipped]
) -> Membership:
    groups = {name: group for name, group in population.items() if isinstance(group, h5py.Group)}
    if len(groups) <= 1 and (places is None or _is_in_order(places, rows)):
        return Membership(groups, dict.fromkeys(groups, rows))
    sizes = {name: _length(group) for name, group in groups.items()}
    if ids is not None and places is not None:
        return Membership(groups, sizes, ids, places, _numbers(groups, ids, rows))
    if sum(sizes.values()) == rows and len(groups) > 1:
        skipped.append(Skipped("node_group_id", "the file doesn't say which node is in which group; taken in order"))
        starts = tuple(int(each) for each in np.cumsum([0, *sizes.values()])[:-1])
        order = {name: place for place, name in enumerate(groups)}
        return Membership(groups, sizes, _Sequence(starts, True), _Sequence(starts, False), order)
    return _only_first(groups, rows, skipped)


def _only_first(groups: dict[str, Any], rows: int, skipped: list[Skipped]) -> Membership:
    first = next((name for name, group in groups.items() if _length(group) == rows), next(iter(groups)))
    skipped += [Skipped(name, "the file doesn't say which nodes are in this group") for name in groups if name != first]
    return Membership({first: groups[first]}, {first: rows})


def _is_in_order(places: Stored, rows: int) -> bool:
    """One group nearly always has its nodes in the population's own order."""
    return bool(np.array_equal(places.numbers(0, rows), np.arange(rows)))


def _numbers(groups: dict[str, Any], ids: Stored, rows: int) -> dict[str, int]:
    """Groups are called by their number; one that isn't has the number nobody else has, if just one is left."""
    numbers = {name: int(name) for name in groups if name.isdecimal()}
    others = [name for name in groups if name not in numbers]
    left = set(np.unique(ids.numbers(0, rows)).tolist()) - set(numbers.values())
    if len(others) == len(left) == 1:
        numbers[others[0]] = left.pop()
    return numbers


def _length(group: Any) -> int:
    lengths: list[int] = []
    group.visititems(lambda path, each: _note_length(path, each, lengths))
    return max(lengths, key=lengths.count, default=0)


def _note_length(path: str, each: Any, lengths: list[int]) -> None:
    if isinstance(each, h5py.Dataset) and each.shape and not path.startswith("@"):
        lengths.append(int(each.shape[0]))


def combined(placed: Membership, parts: Sequence[Part], otherwise: Values | None) -> Values:
    """One column from the groups that have the attribute, and from the node types for those that haven't."""
    if placed.ids is None or placed.places is None:
        return parts[0].values if parts else otherwise or Missing(TEXT)
    if not parts:
        return otherwise or Missing(TEXT)
    sources = {placed.numbers[part.group]: part for part in parts if part.group in placed.numbers}
    return Grouped(placed, {number: part.values for number, part in sources.items()}, otherwise)


@dataclass(frozen=True)
class Grouped:
    placed: Membership
    sources: dict[int, Values]
    otherwise: Values | None

    @property
    def type(self) -> pa.DataType:
        kinds = {source.type for source in self.sources.values()} | ({self.otherwise.type} if self.otherwise else set())
        if len(kinds) == 1:
            return kinds.pop()
        if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds):
            return pa.float64()
        return TEXT

    def read(self, start: int, stop: int) -> pa.Array:
        if self.placed.ids is None or self.placed.places is None:
            raise RuntimeError("grouped values without their places")
        group_of, place_of = self.placed.ids.numbers(start, stop), self.placed.places.numbers(start, stop)
        pieces, sources = [pa.nulls(1, self.type)], np.zeros(stop - start, dtype=np.int64)
        begin = 1
        for number, values in self.sources.items():
            rows = np.flatnonzero((group_of == number) & (place_of < self.placed.size(number)) & (place_of >= 0))
            pieces.append(_cast(_taken(values, place_of[rows].astype(np.int64)), self.type))
            sources[rows] = begin + np.arange(len(rows))
            begin += len(rows)
        if self.otherwise is not None:
            rows = np.flatnonzero(~np.isin(group_of, list(self.sources)))
            pieces.append(_cast(self.otherwise.read(start, stop), self.type))
            sources[rows] = begin + rows
        together = pa.chunked_array(pieces, self.type).unify_dictionaries().combine_chunks()
        return together.take(pa.array(sources))


def _taken(values: Values, places: Array) -> pa.Array:
    """The values at these places, in this order."""
    if not len(places):
        return pa.nulls(0, values.type)
    first, last = int(places.min()), int(places.max()) + 1
    stretch = values.read(first, last)
    if last - first == len(places) and bool(np.all(np.diff(places) == 1)):
        return stretch
    return stretch.take(pa.array(places - first))


def _cast(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if values.type == kind:
        return values
    return pc.cast(pc.cast(values, pa.string()), kind) if kind == TEXT else pc.cast(values, kind)

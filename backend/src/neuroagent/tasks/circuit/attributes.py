"""What the datasets of one group of nodes mean: numbers, texts, or positions in a library."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
import pyarrow as pa

from neuroagent.tasks.circuit.profile import Skipped
from neuroagent.tasks.circuit.values import (
    Array,
    Enumerated,
    Mapped,
    Numbers,
    Stored,
    Texts,
    Unpacked,
    Values,
    is_text,
    text,
)

LIBRARY: Final = "@library"
DYNAMICS: Final = "dynamics_params"
WIDEST: Final = 16  # columns that a dataset with two dimensions may become
LARGE_ENOUGH_TO_MAP: Final = 4_096

AttributePath = tuple[str, ...]


@dataclass
class NodeFile:
    """An open, vetted node file, and its bytes mapped for the datasets that lie in it as they are."""

    path: Path
    file: Any
    bytes: mmap.mmap

    @classmethod
    def of(cls, path: Path, file: Any) -> "NodeFile":
        with path.open("rb") as plain:
            return cls(path, file, mmap.mmap(plain.fileno(), 0, prot=mmap.PROT_READ))

    def forget(self) -> None:
        """Let go of the pages read so far; they come back from the file if somebody needs them."""
        self.bytes.madvise(mmap.MADV_DONTNEED)

    def stored(self, dataset: Any) -> Stored:
        """Mapped where HDF5 would only copy: unpacked, in one piece, in this machine's byte order."""
        begin, native = dataset.id.get_offset(), dataset.dtype.isnative and dataset.dtype.kind in "iuf"
        inside = begin is not None and begin + dataset.nbytes <= len(self.bytes)
        if (
            not native
            or not inside
            or dataset.size < LARGE_ENOUGH_TO_MAP
            or dataset.dtype.itemsize == np.float16().nbytes
        ):
            return Unpacked(dataset)
        return Mapped(np.frombuffer(self.bytes, dataset.dtype, dataset.size, begin))


@dataclass
class GroupReading:
    """The attributes of one group as they are found, and what was left out."""

    values: dict[AttributePath, Values] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


def read_group(node_file: NodeFile, group: Any, rows: int) -> GroupReading:
    found = GroupReading()
    libraries = group.get(LIBRARY)
    for path, dataset in _datasets(group, (), found):
        where = "/".join(path)
        if dataset.shape is None or not dataset.shape or dataset.shape[0] != rows:
            found.skipped.append(Skipped(where, _misfit(dataset, rows)))
            continue
        try:
            found.values.update(_attribute(node_file, path, dataset, libraries))
        except (OSError, TypeError, ValueError, KeyError, RuntimeError) as error:
            found.skipped.append(Skipped(where, str(error)[:200]))
    return found


def _misfit(dataset: Any, rows: int) -> str:
    if not dataset.shape:
        return "it is a single value, not one for each node"
    return f"it has {dataset.shape[0]} values for {rows} nodes"


def _datasets(group: Any, above: AttributePath, found: GroupReading) -> Iterator[tuple[AttributePath, Any]]:
    for name in group:
        if name == LIBRARY and not above:
            continue
        child = group[name]
        if isinstance(child, h5py.Group):
            yield from _datasets(child, (*above, name), found)
        elif isinstance(child, h5py.Dataset):
            yield (*above, name), child
        else:
            found.skipped.append(Skipped("/".join((*above, name)), "it is neither a group nor a dataset"))


def _attribute(node_file: NodeFile, path: AttributePath, dataset: Any, libraries: Any) -> dict[AttributePath, Values]:
    library = _library(libraries, path, dataset)
    if len(dataset.shape) > 1:
        return _columns(path, dataset)
    if library is not None:
        return {path: _enumerated(node_file.stored(dataset), library)}
    if is_text(dataset.dtype):
        return {path: Texts(dataset)}
    if (names := h5py.check_enum_dtype(dataset.dtype)) is not None:
        return {path: _hdf5_enum(dataset, names)}
    _refuse_unless_number(dataset)
    return {path: Numbers(node_file.stored(dataset))}


def _library(libraries: Any, path: AttributePath, dataset: Any) -> Any:
    """The attribute's own library, where it has one and the attribute holds whole numbers."""
    if not isinstance(libraries, h5py.Group) or dataset.dtype.kind not in "iu":
        return None
    library = libraries.get("/".join(path))
    usable = isinstance(library, h5py.Dataset) and library.ndim == 1 and dataset.ndim == 1
    return library if usable else None


def _enumerated(stored: Stored, library: Any) -> Enumerated:
    return _of_names(stored, [text(name) if isinstance(name, bytes) else str(name) for name in library[:].tolist()])


def _of_names(stored: Stored, names: list[str | None]) -> Enumerated:
    """A name that stands twice in the library is one value."""
    once = {name: place for place, name in enumerate(dict.fromkeys(names))}
    positions = None
    if len(once) < len(names):
        positions = np.array([once[name] for name in names], dtype=np.int32)
    return Enumerated(stored, pa.array(list(once), pa.string()), positions)


def _hdf5_enum(dataset: Any, names: dict[str, int]) -> Enumerated:
    by_value = sorted((value, name) for name, value in names.items())
    values = np.array([value for value, _ in by_value])
    return _of_names(_Ranked(dataset, values), [name for _, name in by_value])


@dataclass(frozen=True)
class _Ranked:
    """An HDF5 enumeration's numbers, which may be any, as positions among them."""

    dataset: Any
    values: Array

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.int64)

    def numbers(self, start: int, stop: int) -> Array:
        found = self.dataset[start:stop]
        places = np.minimum(np.searchsorted(self.values, found), max(len(self.values) - 1, 0))
        ranked: Array = np.where(self.values[places] == found, places, -1)
        return ranked


def _columns(path: AttributePath, dataset: Any) -> dict[AttributePath, Values]:
    if len(dataset.shape) != 2 or dataset.shape[1] > WIDEST:  # noqa: PLR2004 - rows and columns
        raise ValueError(f"it has the shape {dataset.shape}; at most {WIDEST} values for each node are read")
    _refuse_unless_number(dataset)
    *above, name = path
    return {(*above, f"{name}_{part}"): Numbers(Unpacked(dataset, part)) for part in range(dataset.shape[1])}


def _refuse_unless_number(dataset: Any) -> None:
    kind, size = dataset.dtype.kind, dataset.dtype.itemsize
    if kind not in "iufb" or size > np.int64().nbytes:
        raise TypeError(f"values of type {dataset.dtype} are not read")

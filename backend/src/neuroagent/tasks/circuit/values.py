"""The values of one attribute, a run of rows at a time, as Arrow sees them; nothing is copied that needn't be."""

from dataclasses import dataclass
from typing import Any, Final, Protocol

import h5py
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Array = NDArray[Any]

TEXT: Final = pa.dictionary(pa.int32(), pa.string())
CLOSE_TOGETHER: Final = 1_000_000
NOWHERE: Final = -1
AT_ONCE: Final = 65_536  # strings of varying length: each is an object of its own while it is read


class Values(Protocol):
    """What every kind of attribute can do."""

    @property
    def type(self) -> pa.DataType: ...

    def read(self, start: int, stop: int) -> pa.Array: ...


class Stored(Protocol):
    """Where plain numbers lie: mapped from the file, or read through HDF5."""

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def numbers(self, start: int, stop: int) -> Array: ...


@dataclass(frozen=True)
class Mapped:
    """A stretch of the file itself: an unpacked dataset in this machine's own byte order."""

    values: Array

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype

    def numbers(self, start: int, stop: int) -> Array:
        return self.values[start:stop]


@dataclass(frozen=True)
class Unpacked:
    """A dataset that only HDF5 can read; `part` is the column of one with two dimensions."""

    dataset: Any
    part: int | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        native: np.dtype[Any] = self.dataset.dtype.newbyteorder("=")
        return np.dtype(np.float32) if native == np.float16 else native

    def numbers(self, start: int, stop: int) -> Array:
        read = self.dataset[start:stop] if self.part is None else self.dataset[start:stop, self.part]
        converted: Array = np.asarray(read).astype(self.dtype, copy=False)
        return converted


@dataclass(frozen=True)
class Numbers:
    """Numbers and truth values; what is not a number is missing."""

    stored: Stored

    @property
    def type(self) -> pa.DataType:
        return pa.from_numpy_dtype(self.stored.dtype)

    def read(self, start: int, stop: int) -> pa.Array:
        numbers = self.stored.numbers(start, stop)
        if numbers.dtype == np.bool_:
            return pa.Array.from_buffers(pa.bool_(), len(numbers), [None, _bits(numbers)])
        return _wrapped(numbers, _some(np.isnan(numbers)) if numbers.dtype.kind == "f" else None)


@dataclass(frozen=True)
class Enumerated:
    """Positions in a library; a position that the library doesn't have is a missing value."""

    stored: Stored
    library: pa.Array
    positions: Array | None = None  # where each value of the file's own library stands in ours; None: where it stood

    @property
    def type(self) -> pa.DataType:
        return TEXT

    def read(self, start: int, stop: int) -> pa.Array:
        found = self.stored.numbers(start, stop)
        size = len(self.library) if self.positions is None else len(self.positions)
        bad = _outside(found, size)
        if self.positions is not None:
            found = self.positions[np.where(bad, 0, found) if bad is not None else found]
        indices = _wrapped(np.where(bad, 0, found).astype(np.int32) if bad is not None else _int32(found), bad)
        return pa.DictionaryArray.from_arrays(indices, self.library, safe=False)

    def count_outside(self, start: int, stop: int) -> int:
        size = len(self.library) if self.positions is None else len(self.positions)
        bad = _outside(self.stored.numbers(start, stop), size)
        return 0 if bad is None else int(bad.sum())


@dataclass(frozen=True)
class Texts:
    """Strings as they stand, of fixed or varying length."""

    dataset: Any

    @property
    def type(self) -> pa.DataType:
        return TEXT

    def read(self, start: int, stop: int) -> pa.Array:
        pieces = [
            _encoded(self.dataset[begin : min(begin + AT_ONCE, stop)].tolist())
            for begin in range(start, max(stop, start + 1), AT_ONCE)
        ]
        return pa.chunked_array(pieces, TEXT).unify_dictionaries().combine_chunks() if len(pieces) > 1 else pieces[0]


@dataclass(frozen=True)
class Same:
    """One text for all rows."""

    text: str

    @property
    def type(self) -> pa.DataType:
        return TEXT

    def read(self, start: int, stop: int) -> pa.Array:
        return pa.DictionaryArray.from_arrays(_wrapped(np.zeros(stop - start, np.int32)), pa.array([self.text]))


@dataclass(frozen=True)
class RowNumbers:
    """What the format takes for a node's id where none is written."""

    @property
    def type(self) -> pa.DataType:
        return pa.int64()

    def read(self, start: int, stop: int) -> pa.Array:
        return _wrapped(np.arange(start, stop, dtype=np.int64))


@dataclass(frozen=True)
class TypeIds:
    """The known ids of node types, sorted; a table from id to place where the ids lie close together."""

    known: Array

    def places(self, asked: Array) -> Array:
        """Where each id stands among the known ones; behind the last for an id that isn't known."""
        last = len(self.known)
        if not last:
            return np.zeros(len(asked), np.int32)
        low, high = int(self.known[0]), int(self.known[-1])
        if high - low > CLOSE_TOGETHER:
            places = np.minimum(np.searchsorted(self.known, asked), last - 1)
            return np.where(self.known[places] == asked, places, last).astype(np.int32)
        table = np.full(high - low + 2, last, dtype=np.int32)
        table[self.known - low] = np.arange(last, dtype=np.int32)
        found: Array = table[np.where((asked < low) | (asked > high), high + 1, asked) - low]
        return found


@dataclass(frozen=True)
class OfType:
    """What the table of node types says of each row's type: one word, number or null for each known id."""

    type_ids: Stored
    known: TypeIds
    words: pa.Array

    @property
    def type(self) -> pa.DataType:
        return TEXT if pa.types.is_string(self.words.type) else self.words.type

    def read(self, start: int, stop: int) -> pa.Array:
        places = self.known.places(self.type_ids.numbers(start, stop))
        if self.type != TEXT:
            return pa.concat_arrays([self.words, pa.nulls(1, self.type)]).take(_wrapped(places))
        encoded = pa.concat_arrays([self.words, pa.nulls(1, pa.string())]).dictionary_encode()
        positions = np.asarray(encoded.indices.fill_null(NOWHERE))[places]
        missing = positions == NOWHERE
        indices = _wrapped(np.where(missing, 0, positions) if missing.any() else positions, _some(missing))
        return pa.DictionaryArray.from_arrays(indices, encoded.dictionary, safe=False)


@dataclass(frozen=True)
class Missing:
    """An attribute that this part of the population hasn't got."""

    type: pa.DataType

    def read(self, start: int, stop: int) -> pa.Array:
        return pa.nulls(stop - start, self.type)


def _wrapped(numbers: Array, missing: Array | None = None) -> pa.Array:
    """The array's own memory as Arrow; `pa.array` would do it too, and load pandas to find out that it isn't asked."""
    whole = np.ascontiguousarray(numbers)
    validity = None if missing is None else _bits(~missing)
    return pa.Array.from_buffers(pa.from_numpy_dtype(whole.dtype), len(whole), [validity, pa.py_buffer(whole)])


def _some(missing: Array) -> Array | None:
    return missing if missing.any() else None


def _bits(flags: Array) -> pa.Buffer:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def _int32(found: Array) -> Array:
    """Their bits are the same once they are known to be small."""
    return found.view(np.int32) if found.dtype == np.uint32 else found.astype(np.int32)


def _outside(found: Array, size: int) -> Array | None:
    """Which positions the library doesn't have; None where it has all of them, as it nearly always does."""
    if not len(found) or (int(found.max()) < size and int(found.min()) >= 0):
        return None
    outside: Array = (found < 0) | (found >= size)
    return outside


def _encoded(strings: list[Any]) -> pa.Array:
    """UTF-8 as agreed, without a look at each; else one by one, as Latin-1, which takes any byte."""
    try:
        return pa.array(strings, pa.binary()).cast(pa.string()).dictionary_encode()
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([text(one) for one in strings], pa.string()).dictionary_encode()


def text(one: Any) -> str | None:
    if not isinstance(one, bytes):
        return None if one is None else str(one)
    try:
        return one.decode("utf-8")
    except UnicodeDecodeError:
        return one.decode("latin-1")


def is_text(dtype: np.dtype[Any]) -> bool:
    return h5py.check_string_dtype(dtype) is not None or dtype.kind in "SU"

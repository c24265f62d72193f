"""Is an HDF5 file self-contained and of a sane size? Looked at without following a link or reading a value."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py

from neuroagent.tasks.circuit.errors import BadFile, TooLarge

HARMLESS_FILTERS: Final = frozenset({h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32})
PIECES_KEPT: Final = 16 * 2**20  # bytes of each packed dataset, so that no piece is unpacked for every stretch anew


@dataclass(frozen=True)
class Size:
    """What a file may hold; `ratio` is how many times its own size a dataset may unpack to."""

    objects: int = 20_000
    rows: int = 200_000_000
    unpacked: int = 64 * 2**20
    ratio: int = 1_000
    depth: int = 12


def open_vetted(path: Path, size: Size = Size()) -> Any:
    """The open file, once everything below `nodes` and the way there are known to lie inside it."""
    try:
        file = h5py.File(path, "r", locking=False, rdcc_nbytes=PIECES_KEPT)
    except (OSError, RuntimeError, ValueError) as error:
        raise BadFile(f"This is not a node file: HDF5 can't open it ({_first_line(error)}).") from error
    with ExitStack() as refused:
        refused.callback(file.close)
        try:
            vet(file, path.stat().st_size, size)
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            raise BadFile(f"The node file is broken: {_first_line(error)}.") from error
        refused.pop_all()
    return file


def vet(file: Any, file_bytes: int, size: Size) -> int:
    """How many objects there are; refuses at the first that reaches outside, or is far too big."""
    seen: set[int] = set()
    waiting = [("", file, 0)]
    count = 0
    while waiting:
        place, group, depth = waiting.pop()
        if _address(group) in seen:
            continue
        seen.add(_address(group))
        for path, child in _children(place, group):
            count += 1
            _refuse_crowds(count, depth, path, size)
            if isinstance(child, h5py.Group):
                waiting.append((path, child, depth + 1))
            elif isinstance(child, h5py.Dataset):
                _vet_dataset(path, child, file_bytes, size)
    return count


def _children(place: str, group: Any) -> Iterator[tuple[str, Any]]:
    """Hard links only; an object of a kind that nobody reads (a stored type) comes along and is left alone."""
    for name in group:
        path = f"{place}/{name}"
        link = group.get(name, getlink=True)
        match link:
            case h5py.HardLink():
                yield path, group[name]
            case h5py.ExternalLink():
                raise BadFile(f"{path[:200]!r} is a link into another file, {link.filename[:200]!r}. Put the data in.")
            case _:
                raise BadFile(f"{path[:200]!r} is a soft link. Node files are read without links: put the data in.")


def _refuse_crowds(count: int, depth: int, path: str, size: Size) -> None:
    if count > size.objects:
        raise TooLarge(f"The node file has more than {size.objects} groups and datasets.")
    if depth > size.depth:
        raise BadFile(f"{path[:200]!r} lies deeper than {size.depth} groups.")


def _vet_dataset(path: str, dataset: Any, file_bytes: int, size: Size) -> None:
    made = dataset.id.get_create_plist()
    if made.get_external_count():
        raise BadFile(f"The values of {path[:200]!r} lie in another file, {made.get_external(0)[0][:200]!r}.")
    if made.get_layout() == h5py.h5d.VIRTUAL:
        raise BadFile(f"{path[:200]!r} is a view of other datasets. Put the data in.")
    filters = {made.get_filter(number)[0] for number in range(made.get_nfilters())}
    if filters - HARMLESS_FILTERS:
        raise BadFile(f"{path[:200]!r} is packed with filter {min(filters - HARMLESS_FILTERS)}; only gzip is read.")
    elements = dataset.size or 0
    if elements > size.rows:
        raise TooLarge(f"{path[:200]!r} has {elements} values; at most {size.rows} are read.")
    if elements * dataset.id.get_type().get_size() > max(size.unpacked, size.ratio * file_bytes):
        raise TooLarge(f"{path[:200]!r} would unpack to far more than the file's {file_bytes} bytes.")
    if dataset.chunks and _chunk_bytes(dataset) > max(size.unpacked, file_bytes):
        raise TooLarge(f"{path[:200]!r} is kept in pieces of {_chunk_bytes(dataset)} bytes.")


def _chunk_bytes(dataset: Any) -> int:
    count = int(dataset.id.get_type().get_size())
    for length in dataset.chunks:
        count *= int(length)
    return count


def _address(group: Any) -> int:
    return int(h5py.h5o.get_info(group.id).addr)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__

"""What a circuit's archive holds of use, kept while the rest streams by; nothing in it decides where anything lands."""

import posixpath
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, cast

from isal import isal_zlib

from neuroagent.tasks.circuit.ahead import Readable, ahead
from neuroagent.tasks.circuit.config import MOST_BYTES, NodesEntry, located, node_entries
from neuroagent.tasks.circuit.errors import BadArchive, TooLarge

CHUNK: Final = 2**20
PIECE: Final = 2**18
GZIP_ALONE: Final = 31  # zlib's way to say: gzip, with its header
LONGEST_MAGIC: Final = 8
GZIP: Final = b"\x1f\x8b"
OTHER_PACKERS: Final = {b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
HDF5: Final = b"\x89HDF\r\n\x1a\n"
BROKEN: Final[tuple[type[Exception], ...]] = (
    *(tarfile.TarError, EOFError, zlib.error),
    cast("type[Exception]", isal_zlib.error),
)
NODE_FILES: Final = (".h5", ".hdf5", ".sonata")
NO_NODES: Final = ("edge", "synaps", "morpholog", "report", "connect", "emodel", "mechanism", "spike")
MAIN: Final = "circuit_config.json"
ALONE: Final = "nodes.h5"  # what a single file that was packed by itself is called


@dataclass(frozen=True)
class Allowance:
    """What an archive may cost."""

    members: int = 200_000
    kept: int = 16 * 2**30
    unpacked: int = 200 * 2**30
    ratio: int = 250  # times its packed size, once more than `modest` bytes came out
    modest: int = 512 * 2**20
    configs: int = 500


@dataclass
class Unpacked:
    """The files kept, by their names in the archive; `passed_over` could be fetched in another round."""

    files: dict[str, Path] = field(default_factory=dict)
    entries: tuple[NodesEntry, ...] = ()
    passed_over: set[str] = field(default_factory=set)

    def missed(self) -> frozenset[str]:
        """What the configuration asks for and the first round took for something else."""
        there = {*self.files, *self.passed_over}
        asked = {located(path, there) for path in _asked(self.entries)}
        return frozenset(path for path in asked if path in self.passed_over)

    def is_complete(self) -> bool:
        return bool(self.entries) and all(path in self.files for path in _asked(self.entries))


def unpack(
    stream: IO[bytes], folder: Path, allowance: Allowance = Allowance(), wanted: frozenset[str] = frozenset()
) -> Unpacked:
    """Read until everything that the main configuration names is there, or to the end."""
    try:
        with ahead(stream, PIECE) as packed, ahead(_opened(_Peekable(packed.read), allowance)) as opened:
            return _sorted_out(_Peekable(opened.read), _Room(folder, allowance), wanted)
    except BROKEN as error:
        raise BadArchive(f"The archive can't be unpacked: {str(error)[:200]}.") from error
    except (ValueError, OverflowError, UnicodeError, IndexError) as error:  # what tarfile makes of odd headers
        raise BadArchive(f"The archive has a header that makes no sense: {str(error)[:200]}.") from error


def _sorted_out(reader: "_Peekable", into: "_Room", wanted: frozenset[str]) -> Unpacked:
    if reader.peek(len(HDF5)) == HDF5:
        return Unpacked({ALONE: _copied(reader, into.folder / "0", into.allowance.kept)})
    with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|", bufsize=CHUNK) as tar:
        return _collected(tar, into, wanted)


def _opened(packed: "_Peekable", allowance: Allowance) -> "_Bounded":
    head = packed.peek(LONGEST_MAGIC)
    for magic, name in OTHER_PACKERS.items():
        if head.startswith(magic):
            raise BadArchive(f"The archive is packed with {name}; pack it as .tar.gz or plain .tar.")
    return _Bounded(_Gunzipped(packed) if head.startswith(GZIP) else packed, packed, allowance)


@dataclass(frozen=True)
class _Room:
    """Where files are kept, and how much of it there is."""

    folder: Path
    allowance: Allowance


def _collected(tar: tarfile.TarFile, into: _Room, wanted: frozenset[str]) -> Unpacked:
    found = Unpacked()
    for count, member in enumerate(tar):
        tar.members = []  # type: ignore[attr-defined]  # it would keep them all
        if count >= into.allowance.members:
            raise TooLarge(f"The archive has more than {into.allowance.members} members.")
        name = posixpath.normpath(member.name)
        if not member.isreg() or member.issparse() or _is_litter(name):
            continue
        if not _is_of_use(name, member.size, found, wanted):
            found.passed_over.add(name)
            continue
        source = tar.extractfile(member)
        if source is not None:
            _keep(member, source, name, into, found)
        if found.is_complete():
            break
    return found


def _is_litter(name: str) -> bool:
    """What one system leaves in archives for itself."""
    return posixpath.basename(name).startswith(".") or "__MACOSX" in name


def _is_of_use(name: str, size: int, found: Unpacked, wanted: frozenset[str]) -> bool:
    if wanted:
        return name in wanted or (name.endswith(".json") and size <= MOST_BYTES)
    if name in _asked(found.entries):
        return True
    low = name.lower()
    if low.endswith((".json", ".csv")):
        return size <= MOST_BYTES
    return low.endswith(NODE_FILES) and not any(word in low for word in NO_NODES)


def _keep(member: tarfile.TarInfo, source: IO[bytes], name: str, into: "_Room", found: Unpacked) -> None:
    """Under a name of our own; the first of two with the same name is the one."""
    if name in found.files:
        return
    allowance = into.allowance
    if len(found.files) >= allowance.configs:
        raise TooLarge(f"The archive has more than {allowance.configs} files that may describe nodes.")
    kept = sum(path.stat().st_size for path in found.files.values())
    if kept + member.size > allowance.kept:
        raise TooLarge(f"The archive holds more than {allowance.kept} bytes of nodes.")
    found.files[name] = _copied(source, into.folder / str(len(found.files)), allowance.kept)
    if name.endswith(".json"):
        entries = node_entries(found.files[name].read_bytes(), name)
        is_main = posixpath.basename(name) == MAIN
        if entries and (is_main or not found.entries):
            found.entries = tuple(entries)


def _copied(source: Readable, to: Path, most: int) -> Path:
    size = 0
    with to.open("xb") as target:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise TooLarge(f"A file of the archive has more than {most} bytes.")
            target.write(chunk)
    return to


def _asked(entries: tuple[NodesEntry, ...]) -> set[str]:
    return {path for entry in entries for path in (entry.nodes, entry.types) if path}


class _Peekable:
    """Bytes as they come, and how many there were; what was peeked at is read again."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._ahead = b""
        self.count = 0

    def peek(self, size: int) -> bytes:
        while len(self._ahead) < size and (more := self._read(CHUNK)):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int, /) -> bytes:
        if self._ahead:
            found, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            found = self._read(size)
        self.count += len(found)
        return found


class _Gunzipped:
    """One gzip stream, or several one after the other; a piece of what is packed never becomes more than a chunk."""

    def __init__(self, packed: _Peekable) -> None:
        self._packed = packed
        self._unpacker = isal_zlib.decompressobj(wbits=GZIP_ALONE)
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        while True:
            if self._unpacker.eof:
                self._rest = self._unpacker.unused_data.lstrip(b"\0") or self._packed.read(CHUNK).lstrip(b"\0")
                if not self._rest.startswith(GZIP):
                    return b""  # the end, and whatever stands behind it
                self._unpacker = isal_zlib.decompressobj(wbits=GZIP_ALONE)
            piece = self._rest or self._packed.read(PIECE)
            found = self._unpacker.decompress(piece, size)
            self._rest = self._unpacker.unconsumed_tail
            if found:
                return found
            if not piece and not self._unpacker.eof:
                raise EOFError("it ends in the middle")


class _Bounded:
    """The unpacked bytes, as long as they are not unreasonably many."""

    def __init__(self, opened: Readable, packed: _Peekable, allowance: Allowance) -> None:
        self._opened = opened
        self._packed = packed
        self._allowance = allowance
        self._count = 0

    def read(self, size: int, /) -> bytes:
        found = self._opened.read(min(size, CHUNK))
        self._count += len(found)
        most, ratio = self._allowance.unpacked, self._allowance.ratio
        if self._count > most:
            raise TooLarge(f"The archive unpacks to more than {most} bytes.")
        if self._count > max(self._allowance.modest, ratio * self._packed.count):
            raise BadArchive(f"The archive unpacks to more than {ratio} times its size; circuits don't.")
        return found

"""From a circuit that somebody points at to the one Parquet file that questions are put to, and what is in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final
from uuid import uuid4

from pydantic import TypeAdapter

from neuroagent.task_schemas.circuit import FileKind
from neuroagent.tasks.circuit.archive import GZIP, HDF5
from neuroagent.tasks.circuit.cache import Cache, Key
from neuroagent.tasks.circuit.errors import BadArchive, BadFile, CircuitError, PopulationNotFound
from neuroagent.tasks.circuit.fetch import Download
from neuroagent.tasks.circuit.profile import Profile
from neuroagent.tasks.circuit.reader.standby import Readers
from neuroagent.tasks.circuit.reader.supervisor import Populations, Reader

TABLE: Final = "table.parquet"
PROFILE: Final = "profile.json"
OUTLINE: Final = "outline.json"
GIVEN: Final = "given"
TAR_MARK: Final = slice(257, 262)
PARQUET: Final = b"PAR1"
ARROW: Final = b"ARROW1"
ARROW_STREAM: Final = b"\xff\xff\xff\xff"
FOR_THE_READER: Final = 0o644  # it may be another user
MOST_PARSED: Final = 16  # profiles of a worker process that are kept as they are used
TRIES: Final = 3  # a cache that is far too small may lose an entry before it is opened

_profiles: Final = TypeAdapter(Profile)
_outlines: Final = TypeAdapter(Populations)

Again = Callable[[], Download]


@dataclass(frozen=True)
class Population:
    """Ready for questions; the file stays for as long as the context that gave it."""

    parquet: Path
    profile: Profile
    was_cached: bool
    content: str = ""  # two with the same hold the same


@dataclass(frozen=True)
class _Given:
    """What somebody points at: opened, and to be opened once more where one round isn't enough."""

    download: Download
    again: Again
    kind: FileKind


class Circuits:
    """The way of every question to its data."""

    def __init__(self, readers: Readers, cache: Cache) -> None:
        self._readers = readers
        self._cache = cache
        self._parsed: dict[Key, Profile] = {}  # a key names its content: what it says never changes

    @contextmanager
    def population(self, again: Again, name: str = "", kind: FileKind = "auto") -> Iterator[Population]:
        """`again` opens the download: the person's own link is accepted first, and only then the cache looked at.

        Without a name it is the largest population. Nothing is fetched whose content is known.
        """
        for _ in range(TRIES):
            key, was_cached = self._ready(again, name, kind)
            with self._cache.reading(key) as entry:
                if entry is not None:
                    yield Population(entry / TABLE, self._profile(key, entry), was_cached, key.digest)
                    return
        raise RuntimeError(f"The cache of {self._cache.most_bytes} bytes is too small to keep one table; enlarge it.")

    def outline(self, again: Again, kind: FileKind = "auto", most_read: int = 0) -> Populations:
        """The populations there are, by name, with their numbers of rows.

        So many of them, the largest first, are read on the same round, as their next question would have to fetch and
        unpack everything once more.
        """
        with again() as download:
            content = _content(download)
            known = self._outline(content)
            if known is not None:
                return known
            with self._readers.lend() as reader:
                outline = _taken_in(reader, _Given(download, again, kind))
                self._note(content, outline)
                if download.content:
                    self._read_ahead(content, by_size(outline)[:most_read], reader)
                return outline

    def _read_ahead(self, content: str, names: Sequence[str], reader: Reader) -> None:
        """What can't be read says so to whoever asks for it."""
        for name in names:
            with suppress(CircuitError):
                self._keep(Key(content, name), reader)
            if not reader.is_alive:
                return

    def _profile(self, key: Key, entry: Path) -> Profile:
        known = self._parsed.get(key)
        if known is None:
            known = _profiles.validate_json((entry / PROFILE).read_bytes())
            while len(self._parsed) >= MOST_PARSED:
                self._parsed.pop(next(iter(self._parsed)), None)
            self._parsed[key] = known
        return known

    def _ready(self, again: Again, name: str, kind: FileKind) -> tuple[Key, bool]:
        with again() as download:
            content = _content(download)
            known = self._known(content, name)
            if known is not None:
                return known, True
            with self._cache.filling(Key(content, name)):
                known = self._known(content, name)  # somebody else was faster
                if known is not None:
                    return known, True
                return self._store(content, name, _Given(download, again, kind)), False

    def _known(self, content: str, name: str) -> Key | None:
        outline = self._outline(content)
        if outline is None:
            return None
        key = Key(content, chosen(outline, name))
        with self._cache.reading(key) as entry:
            return key if entry is not None else None

    def _outline(self, content: str) -> Populations | None:
        with self._cache.reading(Key(content, "")) as entry:
            return _outlines.validate_json((entry / OUTLINE).read_bytes()) if entry is not None else None

    def _store(self, content: str, name: str, given: _Given) -> Key:
        with self._readers.lend() as reader:
            outline = _taken_in(reader, given)
            key = Key(content, chosen(outline, name))
            self._keep(key, reader)
            self._note(content, outline)
            return key

    def _keep(self, key: Key, reader: Reader) -> None:
        table, profile = reader.store(key.part, TABLE)
        self._cache.put(key, {TABLE: table, PROFILE: _profiles.dump_json(profile)})

    def _note(self, content: str, outline: Populations) -> None:
        self._cache.put(Key(content, ""), {OUTLINE: outline.model_dump_json().encode()})


def chosen(outline: Populations, name: str) -> str:
    """The one that was named, or else the largest."""
    if not name:
        if not outline.populations:
            raise BadFile("There is no population of nodes in the file.")
        return by_size(outline)[0]
    if name not in outline.populations:
        raise PopulationNotFound.among(name, outline.populations)
    return name


def by_size(outline: Populations) -> list[str]:
    """The largest first: that is the one that questions are about when none is named."""
    return sorted(outline.populations, key=lambda each: -outline.populations[each])


def _content(download: Download) -> str:
    """Where nothing says which bytes these are, they are kept for this once, and pushed out in time."""
    return download.content or f"once:{uuid4().hex}"


def _taken_in(reader: Reader, given: _Given) -> Populations:
    chunks = given.download.chunks()
    head = b""
    while len(head) < TAR_MARK.stop and (chunk := next(chunks, b"")):
        head += chunk
    found = kind_of(head, given.download.name) if given.kind == "auto" else given.kind
    if found != "archive":
        with (reader.folder / GIVEN).open("wb") as file:
            file.writelines(chain([head], chunks))
        (reader.folder / GIVEN).chmod(FOR_THE_READER)
        return reader.open(GIVEN, found)
    missed = reader.unpack(chain([head], chunks)).missed
    if missed:
        with given.again() as another:
            missed = reader.unpack(another.chunks(), missed).missed
    if missed:
        raise BadArchive(f"The configuration names {missed[0][:200]!r}, and the archive doesn't bring it along.")
    return reader.populations()


def kind_of(head: bytes, name: str) -> FileKind:
    """By its first bytes, whatever it is called; what is text is a table with separators."""
    if head.startswith(HDF5):
        return "nodes"
    if head.startswith(GZIP) or head[TAR_MARK] == b"ustar":
        return "archive"
    if head.startswith(PARQUET):
        return "parquet"
    if head.startswith((ARROW, ARROW_STREAM)):
        return "arrow"
    if head and b"\0" not in head:
        return "csv"
    raise BadFile(f"{name!r} is no SONATA archive or node file, and no Parquet, Arrow or CSV table.")

"""Tables that were read before, in a folder that a machine's workers share: so many bytes, least recently used out."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Final

from neuroagent.tasks.circuit.errors import BadFile

READER_VERSION: Final = 2  # raised whenever the same file would give another table, or it lies there otherwise
STALE: Final = 86_400.0  # seconds after which what a killed worker left behind is swept out
ONLY_BY_NAME: Final = 0o711  # who runs statements may be another user, and has to know the name
FOR_THE_JAIL: Final = 0o644
BUCKETS: Final = 3  # hexadecimal digits of a lock's name: locks are many enough, and never more


@dataclass(frozen=True)
class Key:
    """`content` names the bytes of the file (a digest, or a host's ETag), never the link to them."""

    content: str
    part: str

    @property
    def digest(self) -> str:
        said = "\0".join([str(READER_VERSION), self.content, self.part])
        return sha256(said.encode()).hexdigest()


class Cache:
    def __init__(self, root: Path, most_bytes: int) -> None:
        self.root = root
        self.most_bytes = most_bytes
        for folder in (self._entries, self._locks, self.spool):
            folder.mkdir(parents=True, exist_ok=True)
        with suppress(PermissionError):  # it is another user's, who did it
            self.tables.chmod(ONLY_BY_NAME)

    @property
    def tables(self) -> Path:
        """Below it lies every table, in a folder whose name only those know who know the content."""
        return self._entries

    @property
    def spool(self) -> Path:
        """For what is on its way into the cache: moving it in is a rename."""
        return self.root / "spool"

    @contextmanager
    def reading(self, key: Key) -> Iterator[Path | None]:
        """The entry's folder, which stays as long as this lasts; None if there is none."""
        with self._lock(key, fcntl.LOCK_SH):
            yield self._touched(self._entry(key))

    @contextmanager
    def filling(self, key: Key) -> Iterator[None]:
        """For one at a time: who waits here finds the entry when it is his turn."""
        with self._named_lock(f"filling-{key.digest}", fcntl.LOCK_EX):
            yield

    def put(self, key: Key, files: Mapping[str, Path | bytes]) -> None:
        """All of them or none; a path is moved in; an entry that is there already stays."""
        made = Path(tempfile.mkdtemp(prefix="entry-", dir=self.spool))
        try:
            for name, content in files.items():
                if isinstance(content, Path):
                    _take_in(content, made / name)
                else:
                    (made / name).write_bytes(content)
            made.chmod(ONLY_BY_NAME)
            with self._lock(key, fcntl.LOCK_EX):
                if not self._entry(key).exists():
                    made.rename(self._entry(key))
        finally:
            shutil.rmtree(made, ignore_errors=True)
        self.shrink(sparing=key)

    def shrink(self, sparing: Key | None = None) -> None:
        """Out with the least recently used until the rest fits; what somebody reads just now stays."""
        entries = sorted(self._known(), key=lambda entry: entry.used)
        size = sum(entry.bytes for entry in entries)
        for entry in entries:
            if size <= self.most_bytes:
                return
            is_spared = sparing is not None and entry.path.name == sparing.digest
            if not is_spared and self._remove(entry.path):
                size -= entry.bytes

    def bytes(self) -> int:
        return sum(entry.bytes for entry in self._known())

    def sweep(self) -> None:
        """Away with what workers that were killed have left in the spool."""
        for left in self.spool.iterdir():
            with suppress(FileNotFoundError):
                if time() - left.stat().st_mtime > STALE:
                    shutil.rmtree(left, ignore_errors=True)

    @property
    def _entries(self) -> Path:
        return self.root / "entries"

    @property
    def _locks(self) -> Path:
        return self.root / "locks"

    def _touched(self, entry: Path) -> Path | None:
        try:
            os.utime(entry)
        except FileNotFoundError:
            return None
        return entry

    def _entry(self, key: Key) -> Path:
        return self._entries / key.digest

    def _known(self) -> list["_Known"]:
        known = []
        for path in self._entries.iterdir():
            with suppress(FileNotFoundError):  # another worker was faster
                size = sum(file.stat().st_size for file in path.iterdir())
                known.append(_Known(path, size, path.stat().st_mtime))
        return known

    def _remove(self, path: Path) -> bool:
        """Unless it is in use; renamed first, so that nobody meets half an entry."""
        gone = Path(tempfile.mkdtemp(prefix="gone-", dir=self.spool))
        try:
            with self._named_lock(path.name, fcntl.LOCK_EX | fcntl.LOCK_NB):
                path.rename(gone / path.name)
        except (BlockingIOError, FileNotFoundError):  # in use, or another worker was faster
            return False
        finally:
            shutil.rmtree(gone, ignore_errors=True)
        return True

    def _lock(self, key: Key, how: int) -> "_Lock":
        return self._named_lock(key.digest, how)

    def _named_lock(self, digest: str, how: int) -> "_Lock":
        kind, _, number = digest.rpartition("-")
        return _Lock(self._locks / f"{kind or 'entry'}-{number[:BUCKETS]}", how)


def _take_in(path: Path, to: Path) -> None:
    """A plain file only, whatever lay there when it was looked at before: here nobody else can change it any more."""
    shutil.move(path, to)
    if not stat.S_ISREG(to.lstat().st_mode):
        raise BadFile("What was read into a table turned out to be no file.")
    to.chmod(FOR_THE_JAIL)


@dataclass(frozen=True)
class _Known:
    path: Path
    bytes: int
    used: float


class _Lock:
    """Between processes and between threads: each use opens the file anew."""

    def __init__(self, path: Path, how: int) -> None:
        self._path = path
        self._how = how
        self._file = -1

    def __enter__(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, self._how)
        except OSError:
            os.close(self._file)
            raise

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

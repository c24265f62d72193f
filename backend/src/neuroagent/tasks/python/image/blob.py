"""All packages in one file: an index says where in it each module lies, and a sandbox reads what it opens."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import ZipFile

from neuroagent.tasks.python.image.errors import ImageError
from neuroagent.tasks.python.image.sources import Wheel

LARGEST: Final = 2**30  # bytes of all packages together
Index = list[tuple[str, int, int]]
_TESTS: Final = re.compile(r"(^|/)tests?/|\.pyi$|(^|/)RECORD(\.\w+)?$|\.c$|\.pyx$|\.pxd$|\.h$|\.js\.map$")


def pack(wheels: Iterable[Wheel], to: Path) -> Index:
    """Sorted, so that the same wheels make the same bytes."""
    index: Index = []
    with to.open("wb") as blob:
        for path, content in sorted(_files(wheels)):
            index.append((path, blob.tell(), len(content)))
            blob.write(content)
            if blob.tell() > LARGEST:
                raise ImageError(f"The packages unpack to more than {LARGEST >> 20} MB; leave some out.")
    return index


def _files(wheels: Iterable[Wheel]) -> Iterator[tuple[str, bytes]]:
    for wheel in wheels:
        with ZipFile(wheel.path) as archive:
            for name in archive.namelist():
                path = _place(name)
                if path and not _TESTS.search(path):
                    yield path, archive.read(name)


def _place(name: str) -> str | None:
    """Where a wheel's file is installed; its scripts and headers have no place in the sandbox."""
    parts = PurePosixPath(name).parts
    if name.endswith("/") or not parts or ".." in parts or parts[0] == "/":
        return None
    if parts[0].endswith(".data"):
        return "/".join(parts[2:]) if parts[1:2] in {("purelib",), ("platlib",)} else None
    return "/".join(parts)


def imports(wheel: Wheel) -> list[str]:
    """What a script imports to use it."""
    with ZipFile(wheel.path) as archive:
        tops = {path.partition("/")[0] for name in archive.namelist() if (path := _place(name))}
    return sorted({re.sub(r"\.(py|.*\.so)$", "", top) for top in tops if not top.endswith((".dist-info", ".libs"))})

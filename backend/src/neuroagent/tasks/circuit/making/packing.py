"""A circuit's folder as the archive in which people pass circuits on."""

import tarfile
from pathlib import Path
from typing import Final

from isal import igzip

QUICKLY: Final = 1
AT_ONCE: Final = 2**20


def pack(folder: Path, archive: Path, *, name: str = "circuit") -> Path:
    """A tar.gz under whatever name; edges come before nodes, as bad luck and the alphabet have it."""
    with (
        igzip.open(archive, "wb", compresslevel=QUICKLY) as packed,  # type: ignore[no-untyped-call]  # it ships no types for it
        tarfile.open(fileobj=packed, mode="w|", bufsize=AT_ONCE) as tar,
    ):
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=f"{name}/{path.name}", recursive=False)
    return archive

"""What kinds of files a thread takes: known by their ending, and held to it by their first bytes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Final

from neuroagent.app.errors import AppError

TEXT_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")  # UTF-16: the one kind of text that has zeros in it


class KindRefused(AppError):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "kind_refused"


@dataclass(frozen=True)
class Kind:
    """`begins`: with one of these, at that place; a text has no zeros instead."""

    media_type: str
    begins: tuple[bytes, ...] = ()
    at: int = 0
    is_text: bool = False


def _text(media_type: str = "text/plain") -> Kind:
    return Kind(media_type, is_text=True)


ANY: Final = "application/octet-stream"
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
HDF5: Final = Kind("application/x-hdf5", (b"\x89HDF\r\n\x1a\n",))
JPEG: Final = Kind("image/jpeg", (b"\xff\xd8\xff",))
TIFF: Final = Kind("image/tiff", (b"II*\0", b"MM\0*"))
YAML: Final = _text("application/yaml")
LINES: Final = _text("application/x-ndjson")
KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys((".txt", ".log", ".asc", ".swc", ".hoc", ".mod", ".toml", ".ini", ".cfg", ".tex"), _text()),
    ".csv": _text("text/csv"),
    ".tsv": _text("text/tab-separated-values"),
    ".md": _text("text/markdown"),
    ".py": _text("text/x-python"),
    ".json": _text("application/json"),
    ".geojson": _text("application/json"),
    ".ipynb": _text("application/x-ipynb+json"),
    **dict.fromkeys((".jsonl", ".ndjson"), LINES),
    **dict.fromkeys((".yaml", ".yml"), YAML),
    ".xml": _text("application/xml"),
    ".svg": _text("image/svg+xml"),
    ".png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    **dict.fromkeys((".jpg", ".jpeg"), JPEG),
    ".gif": Kind("image/gif", (b"GIF87a", b"GIF89a")),
    ".webp": Kind("image/webp", (b"WEBP",), at=8),
    **dict.fromkeys((".tif", ".tiff"), TIFF),
    ".pdf": Kind("application/pdf", (b"%PDF-",)),
    ".parquet": Kind("application/vnd.apache.parquet", (b"PAR1",)),
    **dict.fromkeys((".arrow", ".feather"), Kind("application/vnd.apache.arrow.file", (b"ARROW1", b"FEA1"))),
    **dict.fromkeys((".h5", ".hdf5", ".nwb"), HDF5),
    ".nc": Kind("application/x-netcdf", (b"\x89HDF\r\n\x1a\n", b"CDF")),
    ".mat": Kind(ANY, (b"MATLAB ", b"\x89HDF\r\n\x1a\n")),
    ".npy": Kind(ANY, (b"\x93NUMPY",)),
    ".npz": Kind("application/zip", ZIP),
    ".zip": Kind("application/zip", ZIP),
    ".xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ZIP),
    ".gz": Kind("application/gzip", (b"\x1f\x8b",)),
    ".xz": Kind("application/x-xz", (b"\xfd7zXZ\0",)),
    ".bz2": Kind("application/x-bzip2", (b"BZh",)),
    ".zst": Kind("application/zstd", (b"\x28\xb5\x2f\xfd",)),
}
ENOUGH: Final = 64  # bytes: no kind asks for more


def kind_of(name: str) -> Kind:
    ending = PurePosixPath(name).suffix.lower()
    if ending not in KINDS:
        known = ", ".join(sorted(one[1:] for one in KINDS))
        raise KindRefused(f"A thread takes no file like {name!r}; it takes {known}.")
    return KINDS[ending]


async def held_to(kind: Kind, name: str, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes, for as long as they are what the name says."""
    head, is_utf16 = b"", False
    async for chunk in content:
        if len(head) < ENOUGH:
            head += chunk[:ENOUGH]
            is_utf16 = head.startswith(TEXT_MARKS)
        if kind.is_text and not is_utf16 and b"\0" in chunk:
            raise KindRefused(f"{name!r} isn't the text that its name says: there are zeros in it.")
        yield chunk
    if kind.begins and not head[kind.at :].startswith(kind.begins):
        raise KindRefused(f"{name!r} doesn't begin as its kind does; is it what its name says?")

"""What an image is: its parts with their digests, its packages, and what was left out."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

from neuroagent.tasks.python.image.errors import ImageError

NAME: Final = "manifest.json"
MEMORY: Final = (
    *("pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "packages.blob", "packages.json"),
    *("base.json", "base.memory"),
)
BUILD_AGAIN: Final = "Build it with: ./dev sandbox build"


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    source: str
    sha256: str
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """`files` maps each part to its SHA-256."""

    pyodide: str
    python: str
    asked: tuple[str, ...]
    packages: tuple[Package, ...]
    left_out: dict[str, str]
    preloaded: tuple[str, ...]
    files: dict[str, str]

    @cached_property
    def digest(self) -> str:
        """What a session's variables are bound to: everything that lies in memory or is read into it."""
        parts = "".join(f"{name} {self.files[name]}\n" for name in MEMORY)
        return hashlib.sha256(parts.encode()).hexdigest()

    def write(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        try:
            written: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
            packages = tuple(Package(**{**each, "imports": tuple(each["imports"])}) for each in written.pop("packages"))
            asked, preloaded = tuple(written.pop("asked")), tuple(written.pop("preloaded"))
            return cls(packages=packages, asked=asked, preloaded=preloaded, **written)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ImageError(f"There is no sandbox image in {folder} ({error}). {BUILD_AGAIN}") from None


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    return {name: _digest(folder / name) for name in sorted(names)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: Path) -> Manifest:
    """Read every byte once: an image that isn't what its manifest says runs nothing."""
    manifest = Manifest.read(folder)
    for name, expected in manifest.files.items():
        try:
            found = _digest(folder / name)
        except OSError as error:
            raise ImageError(f"{name} of the sandbox image can't be read ({error}). {BUILD_AGAIN}") from None
        if found != expected:
            raise ImageError(f"{name} of the sandbox image in {folder} isn't what its manifest says. {BUILD_AGAIN}")
    return manifest

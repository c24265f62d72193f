"""Which images stay on disk: the one in force, the one before it, and whatever a live worker holds."""

import fcntl
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from neuroagent.tasks.python.image.build import current
from neuroagent.tasks.python.image.manifest import NAME


@dataclass(frozen=True)
class Kept:
    """One image, and why it is there; without a reason it may go."""

    folder: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.folder.name}  {self.reason or 'goes with the next build'}"


def hold(folder: Path) -> BinaryIO:
    """As long as the file is open, the image stays; it closes with the process, however that ends."""
    file = (folder / NAME).open("rb")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def kept(root: Path) -> list[Kept]:
    """Newest first."""
    in_force = current(root)
    folders = sorted((path.parent for path in root.glob(f"*/{NAME}")), key=lambda one: one.stat().st_mtime)[::-1]
    images = [folder for folder in folders if not folder.name.startswith("draft.")]
    before = next((folder for folder in images if folder != in_force), None)
    return [Kept(folder, _reason(folder, in_force, before)) for folder in images]


def remove_superfluous(root: Path) -> list[Path]:
    """Those that nothing speaks for, by now removed."""
    gone = [one.folder for one in kept(root) if not one.reason]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def _reason(folder: Path, in_force: Path, before: Path | None) -> str:
    if folder == in_force:
        return "in force"
    if _is_held(folder):
        return "a live worker uses it"
    return "the one before" if folder == before else ""


def _is_held(folder: Path) -> bool:
    with (folder / NAME).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False

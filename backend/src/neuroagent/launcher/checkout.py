"""Where things lie in a checkout."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checkout:
    """A working copy; all that ./dev brings goes into its ignored folder `.dev`."""

    root: Path

    @property
    def sources(self) -> Path:
        return self.root / "backend" / "src"

    @property
    def brought(self) -> Path:
        return self.root / ".dev"

    def lock(self, name: str) -> Path:
        return self.root / "locks" / f"{name}.txt"

    def digest(self, name: str) -> str:
        return hashlib.sha256(self.lock(name).read_bytes()).hexdigest()


HERE = Checkout(Path(__file__).resolve().parents[4])

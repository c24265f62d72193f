"""A session's state in a folder of this machine, for tests and benchmarks; the product's lies in the store."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FolderStore:
    folder: Path
    id: str
    key: bytes

    @property
    def path(self) -> Path:
        return self.folder / f"{hashlib.sha256(self.id.encode()).hexdigest()}.session"

    def load(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None

    def save(self, state: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(state)

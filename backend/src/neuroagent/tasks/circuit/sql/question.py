"""One statement to be run over one table, with all it may take; how it travels to the child."""

import json
from dataclasses import asdict, dataclass
from typing import Final

LONGEST: Final = 1 << 20  # bytes of a question on its way


@dataclass(frozen=True)
class Limits:
    """What one statement may take before it is ended."""

    seconds: float = 20.0
    memory_bytes: int = 512 << 20
    rows: int = 1_000
    bytes: int = 4 << 20  # of all rows as they travel
    cell: int = 20_000  # characters of a text, and items of a list
    columns: int = 500
    sql: int = 20_000  # characters of the statement


@dataclass(frozen=True)
class Question:
    """`path` is a Parquet file, the only one that the statement can see, under the name `table`."""

    sql: str
    path: str
    table: str = "neurons"
    limits: Limits = Limits()

    @property
    def pattern(self) -> str:
        """The path as the engine has to be told it: it takes some characters for wildcards."""
        return "".join(f"[{each}]" if each in "[*?" else each for each in self.path)

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, line: bytes) -> "Question":
        fields = json.loads(line)
        return cls(**{**fields, "limits": Limits(**fields["limits"])})

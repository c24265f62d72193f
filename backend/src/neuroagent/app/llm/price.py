"""What a model's tokens cost, in whichever currency its owner counts."""

from dataclasses import dataclass
from typing import Final

MILLION: Final = 1_000_000
DIGITS: Final = 12


@dataclass(frozen=True)
class Price:
    """Per million tokens, read and written."""

    read: float
    written: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        return round((tokens_in * self.read + tokens_out * self.written) / MILLION, DIGITS)

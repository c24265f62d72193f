"""Why a statement isn't run, or didn't get to its end; the child's own words for it, without the product's errors."""

from dataclasses import dataclass
from typing import Literal

Reason = Literal["unsafe", "failed", "time", "memory"]


@dataclass
class Refusal(Exception):
    reason: Reason
    message: str

    def __str__(self) -> str:
        return self.message


def unsafe(message: str) -> Refusal:
    return Refusal("unsafe", message)

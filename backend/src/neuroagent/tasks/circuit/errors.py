"""What can go wrong with a circuit, each with a code for programs and a sentence for the person."""

from collections.abc import Iterable
from typing import ClassVar, Final

from neuroagent.task_schemas.errors import Permanent

MOST_NAMES: Final = 20

#   CircuitError
#   ├── PopulationNotFound   this circuit has others
#   ├── BadArchive           not an archive, a broken one, or nothing in it that can be asked
#   ├── BadFile              a node file or table that can't be read, or that reaches outside itself
#   ├── TooLarge             beyond what this worker takes
#   ├── TookTooLong          reading was ended
#   ├── LinkRefused          the link leads where workers don't go
#   └── LinkExpired          the link ran out, and nobody gave another


class CircuitError(Permanent):
    error_code: str
    reason: ClassVar[str] = "circuit"

    def __init__(self, message: str) -> None:
        super().__init__(message, self.reason)


class PopulationNotFound(CircuitError):
    reason = "no_such_population"

    @classmethod
    def among(cls, name: str, names: Iterable[str]) -> "PopulationNotFound":
        there = sorted(names)
        shown = ", ".join(there[:MOST_NAMES]) + (" …" if len(there) > MOST_NAMES else "")
        return cls(f"There is no population {name!r}; this circuit has {shown or 'none'}.")


class BadArchive(CircuitError):
    reason = "bad_archive"


class BadFile(CircuitError):
    reason = "bad_file"


class TooLarge(CircuitError):
    reason = "too_large"


class TookTooLong(CircuitError):
    reason = "timed_out"


class LinkRefused(CircuitError):
    reason = "link_refused"


class LinkExpired(CircuitError):
    reason = "link_expired"

"""Rounds of figures, and what is printed and written of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

MILLISECONDS: Final = 1000


def quantile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


@dataclass(frozen=True)
class Figures:
    """One contender's: a figure a round."""

    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)

    def add_latencies(self, seconds: Sequence[float]) -> None:
        self.p50.append(median(seconds) * MILLISECONDS)
        self.p95.append(quantile(seconds, 0.95) * MILLISECONDS)


def ratio(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """Round by round, since a busy machine slows both; then the median."""
    return round(median(one / other for one, other in zip(mine, theirs, strict=True)), 3)


def lines(table: Mapping[str, Figures]) -> list[str]:
    head = f"{'a task that does nothing':<40}{'p50 ms':>10}{'p95 ms':>10}{'a second':>10}"
    return [head, *(_line(name, figures) for name, figures in table.items())]


def _line(name: str, figures: Figures) -> str:
    cells: list[tuple[list[float], Callable[[float], str]]] = [
        (figures.p50, "{:.2f}".format),
        (figures.p95, "{:.2f}".format),
        (figures.per_second, "{:.0f}".format),
    ]
    return f"{name:<40}" + "".join(f"{form(median(values)) if values else '-':>10}" for values, form in cells)

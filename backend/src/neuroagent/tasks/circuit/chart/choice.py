"""Which picture an answer gets, if any: only one that says at a glance what the table says."""

from collections.abc import Sequence
from typing import Final

from neuroagent.tasks.circuit.chart.columns import Column, Row, columns
from neuroagent.tasks.circuit.chart.figures import Figure, bar, heatmap, histogram, line, positions, scatter

MOST_BARS: Final = 60
MOST_SERIES: Final = 4
MOST_CELLS: Final = 60  # of one side of a heatmap
MOST_COLOURS: Final = 12
MOST_POINTS: Final = 2_000
FEWEST_FOR_A_HISTOGRAM: Final = 20


def chart(names: Sequence[str], types: Sequence[str], rows: Sequence[Row]) -> Figure | None:
    if not 1 < len(rows) <= MOST_POINTS:
        return None
    found = columns(names, types, rows)
    if any(column.kind == "other" for column in found):
        return None
    categories = [column for column in found if column.kind == "category"]
    times = [column for column in found if column.kind == "time"]
    numbers = [column for column in found if column.kind == "number"]
    return _of_positions(categories, numbers) or _of(categories, times, numbers)


def _of(categories: list[Column], times: list[Column], numbers: list[Column]) -> Figure | None:
    match categories, times, numbers:
        case [], [time], [_, *_] if time.distinct == len(time.values):
            return line(time, numbers[:MOST_SERIES])
        case [category], [], [_, *_] if category.distinct == len(category.values):
            return _bars(category, numbers)
        case [first, second], [], [number]:
            return _map(first, second, number)
        case [], [], [_, *_]:
            return _of_numbers(numbers)
        case [category], [], [x, y] if category.distinct <= MOST_COLOURS:
            return scatter(x, y, category)
        case _:
            return None


def _of_numbers(numbers: list[Column]) -> Figure | None:
    match numbers:
        case [first, *others] if others and len(others) <= MOST_SERIES and first.is_rising:
            return line(first, others)
        case [x, y]:
            return scatter(x, y, None)
        case [only] if len(only.values) >= FEWEST_FOR_A_HISTOGRAM:
            return histogram(only)
        case _:
            return None


def _bars(category: Column, numbers: list[Column]) -> Figure | None:
    if len(category.values) > MOST_BARS or len(numbers) > MOST_SERIES:
        return None
    return bar(category, numbers)


def _map(first: Column, second: Column, number: Column) -> Figure | None:
    pairs = set(zip(map(str, first.values), map(str, second.values), strict=True))
    if len(pairs) < len(first.values) or not all(1 < each.distinct <= MOST_CELLS for each in (first, second)):
        return None
    return heatmap(second, first, number)


def _of_positions(categories: list[Column], numbers: list[Column]) -> Figure | None:
    """Where things are, whatever else is told of them; coloured by what tells few kinds apart."""
    axes = {column.name.lower(): column for column in numbers}
    if not {"x", "y", "z"} <= axes.keys() or any(category.distinct == len(category.values) for category in categories):
        return None
    colour = next((each for each in categories if 1 < each.distinct <= MOST_COLOURS), None)
    return positions(axes["x"], axes["y"], axes["z"], colour)

"""Plain column names, each once whatever its case, for attributes that may be called anything."""

import re
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 80
DEPTH_MARK: Final = "_"
NODE_ID: Final = "node_id"
POPULATION: Final = "population"

_odd: Final = re.compile(r"\W+")


def plain(name: str) -> str:
    """Letters, digits and underscores, so that no statement needs more than quotes around it."""
    return _odd.sub("_", name).strip("_")[:LONGEST] or "column"


def column_names(paths: Iterable[tuple[str, ...]], taken: Iterable[str] = ()) -> dict[tuple[str, ...], str]:
    """A name for every path: its last part; with the part before it, or a number, where that is taken."""
    used = {name.casefold() for name in taken}
    names: dict[tuple[str, ...], str] = {}
    for path in sorted(paths, key=len):  # the plain attribute keeps the plain name
        name = next(wish for wish in _wishes(path) if wish.casefold() not in used)
        used.add(name.casefold())
        names[path] = name
    return names


def _wishes(path: tuple[str, ...]) -> Iterable[str]:
    yield plain(path[-1])
    if len(path) > 1:
        yield plain(DEPTH_MARK.join(path))
    number = 2
    while True:
        yield f"{plain(path[-1])}_{number}"
        number += 1

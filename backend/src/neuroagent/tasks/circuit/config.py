"""Which files of a circuit hold nodes, as its configuration says in one of the many ways there are."""

import json
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from neuroagent.tasks.circuit.values import text

MOST_BYTES: Final = 8 * 2**20
NESTING: Final = 10  # manifest variables that stand for other ones
MOST_ENTRIES: Final = 2_000
LONGEST_PATH: Final = 2_000

_variable: Final = re.compile(r"\$\{?(\w+)\}?")
_here: Final = frozenset({"configdir", "workingdir", "CONFIGDIR"})


@dataclass(frozen=True)
class NodesEntry:
    """A node file and its types, as paths from where the archive begins."""

    nodes: str
    types: str | None = None


def node_entries(raw: bytes, config_path: str) -> tuple[NodesEntry, ...]:
    """Nothing for a file that is no circuit's configuration: archives hold other JSON too."""
    config = _parsed(raw)
    networks = config.get("networks")
    nodes = networks.get("nodes") if isinstance(networks, dict) else None
    if not isinstance(nodes, list):
        return ()
    variables = _variables(config.get("manifest"))
    return tuple(_entries(nodes[:MOST_ENTRIES], variables, posixpath.dirname(config_path)))


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads((text(raw) or "").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _variables(manifest: object) -> dict[str, str]:
    """By bare name: `$BASE_DIR`, `${BASE_DIR}` and `BASE_DIR` are all written."""
    if not isinstance(manifest, dict):
        return {}
    return {str(name).strip("${}"): value for name, value in manifest.items() if isinstance(value, str)}


def _entries(nodes: list[Any], variables: Mapping[str, str], folder: str) -> Iterator[NodesEntry]:
    for node in nodes:
        if not isinstance(node, dict) or not isinstance(node.get("nodes_file"), str) or not node["nodes_file"]:
            continue
        types = node.get("node_types_file")
        there = isinstance(types, str) and types not in {"", "NULL"}
        yield NodesEntry(
            _place(node["nodes_file"], variables, folder), _place(str(types), variables, folder) if there else None
        )


def _place(path: str, variables: Mapping[str, str], folder: str) -> str:
    for _ in range(NESTING):
        expanded = _variable.sub(lambda found: _meaning(found, variables), path)[:LONGEST_PATH]
        if expanded == path:
            break
        path = expanded
    if path.startswith("/"):
        return posixpath.normpath(path)
    return posixpath.normpath(posixpath.join(folder, path))


def _meaning(found: re.Match[str], variables: Mapping[str, str]) -> str:
    name = found.group(1)
    return variables.get(name, "." if name in _here else name)


def located(wanted: str, names: Collection[str]) -> str | None:
    """The file of the archive that a path means: itself, or the one whose path ends most like it.

    A configuration that was written for another place names files where they lay there.
    """
    if wanted in names:
        return wanted
    parts = wanted.split("/")
    alike = [name for name in names if posixpath.basename(name) == parts[-1]]
    return max(alike, key=lambda name: (_common_end(name.split("/"), parts), -len(name)), default=None)


def _common_end(one: list[str], other: list[str]) -> int:
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        count += 1
    return count

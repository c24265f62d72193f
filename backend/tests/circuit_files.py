"""Small node files, good and odd, for the tests that are about them."""

import io
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

TEXT: Any = h5py.string_dtype("utf-8")

Fill = Callable[[Any, Any, int], None]


def node_file(path: Path, fill: Fill, nodes: int = 6, population: str = "p") -> Path:
    """`fill` gets the population, its group 0 and the number of nodes."""
    with h5py.File(path, "w") as file:
        at = file.create_group(f"nodes/{population}")
        at["node_type_id"] = np.full(nodes, -1, np.int64)
        fill(at, at.create_group("0"), nodes)
    return path


def add_library(group: Any, name: str, places: Iterable[int], values: Iterable[str], kind: str = "u4") -> None:
    group[name] = np.array(list(places), dtype=kind)
    group.require_group("@library").create_dataset(name, data=np.array(list(values), dtype=object), dtype=TEXT)


def plain(population: Any, group: Any, nodes: int) -> None:
    add_library(group, "mtype", [number % 2 for number in range(nodes)], ["L1_DAC", "L5_TPC"])
    group["x"] = np.arange(nodes, dtype=np.float64)


def tar_of(path: Path, members: Iterable[tuple[str, bytes] | tarfile.TarInfo], mode: Any = "w:gz") -> Path:
    with tarfile.open(path, mode) as tar:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                tar.addfile(member)
                continue
            name, content = member
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def special(name: str, kind: bytes, link: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, size
    return info

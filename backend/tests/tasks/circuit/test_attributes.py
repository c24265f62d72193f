"""What the datasets of one group of nodes mean; every odd one is in test_sonata."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from circuit_files import add_library, node_file

from neuroagent.tasks.circuit.attributes import LARGE_ENOUGH_TO_MAP, GroupReading, NodeFile, read_group
from neuroagent.tasks.circuit.values import Enumerated, Mapped, Numbers, Texts, Unpacked

ROWS = LARGE_ENOUGH_TO_MAP


def reading(path: Path) -> GroupReading:
    file = h5py.File(path)
    return read_group(NodeFile.of(path, file), file["nodes/p/0"], ROWS)


def test_numbers_texts_and_libraries_are_told_apart(tmp_path: Path) -> None:
    def fill(_: Any, group: Any, rows: int) -> None:
        group["x"], group["name"] = np.arange(rows), np.array([b"a"] * rows)
        add_library(group, "mtype", [0] * rows, ["a"])

    values = reading(node_file(tmp_path / "n.h5", fill, ROWS)).values

    assert {path[0]: type(each) for path, each in values.items()} == {"mtype": Enumerated, "name": Texts, "x": Numbers}


def test_only_what_lies_in_the_file_as_it_is_gets_mapped(tmp_path: Path) -> None:
    def fill(_: Any, group: Any, rows: int) -> None:
        group["plain"], group["foreign"] = np.arange(rows, dtype="<f8"), np.arange(rows, dtype=">f8")
        group.create_dataset("packed", data=np.arange(rows), compression="gzip")

    values = reading(node_file(tmp_path / "n.h5", fill, ROWS)).values
    kept = {path[0]: type(each.stored) for path, each in values.items() if isinstance(each, Numbers)}

    assert kept == {"plain": Mapped, "foreign": Unpacked, "packed": Unpacked}


def test_pages_that_were_let_go_come_back(tmp_path: Path) -> None:
    path = node_file(tmp_path / "n.h5", lambda _, group, rows: group.create_dataset("x", data=np.arange(rows)), ROWS)
    node_file_ = NodeFile.of(path, h5py.File(path))
    stored = node_file_.stored(node_file_.file["nodes/p/0/x"])

    before = stored.numbers(0, ROWS).sum()
    node_file_.forget()

    assert stored.numbers(0, ROWS).sum() == before == ROWS * (ROWS - 1) // 2

"""Is an HDF5 file self-contained and of a sane size? What isn't is under attacks."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from circuit_files import node_file, plain

from neuroagent.tasks.circuit.errors import BadFile, TooLarge
from neuroagent.tasks.circuit.making.writing import Plan, write_circuit
from neuroagent.tasks.circuit.vetting import Size, open_vetted, vet


def test_a_usual_file_passes_packed_or_not(tmp_path: Path) -> None:
    def packed(_: Any, group: Any, nodes: int) -> None:
        group.create_dataset("x", data=np.zeros(nodes), chunks=(3,), compression="gzip", shuffle=True, fletcher32=True)

    for number, fill in enumerate((plain, packed)):
        with open_vetted(node_file(tmp_path / f"{number}.h5", fill)) as file:
            assert "nodes" in file


def test_what_is_made_passes_and_every_object_is_counted(tmp_path: Path) -> None:
    folder = write_circuit(Plan(nodes=100, projecting=10), tmp_path).parent

    with h5py.File(folder / "nodes.h5") as file:
        names: list[str] = []
        file.visit(names.append)
        assert vet(file, 10**6, Size()) == len(names)


def test_what_is_no_hdf5_is_said(tmp_path: Path) -> None:
    (tmp_path / "nodes.h5").write_bytes(b"no, it isn't")

    with pytest.raises(BadFile, match="not a node file"):
        open_vetted(tmp_path / "nodes.h5")


def test_the_limits_can_be_set(tmp_path: Path) -> None:
    path = node_file(tmp_path / "nodes.h5", plain)

    with pytest.raises(TooLarge, match="more than 3 groups and datasets"):
        open_vetted(path, Size(objects=3))
    with pytest.raises(TooLarge, match="at most 5 are read"):
        open_vetted(path, Size(rows=5))
    with pytest.raises(BadFile, match="deeper than 1 groups"):
        open_vetted(path, Size(depth=1))

"""What the generator writes is what the two usual readers read, and what ours reads."""

import json
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

import libsonata
import numpy as np
import pytest

from neuroagent.tasks.circuit.making.writing import Plan, write_circuit
from neuroagent.tasks.circuit.sonata import NodeFiles, open_population

OURS_ALONE = {"node_id", "population", "node_type_id", "species", "staining", "axon_target"}


@pytest.fixture(scope="module", params=[True, False], ids=["plain strings", "libraries"])
def circuit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = Plan(nodes=2_000, projecting=100, plain_strings=request.param, edges_megabytes=1)
    return write_circuit(plan, tmp_path_factory.mktemp("circuit"))


@pytest.fixture(scope="module")
def ours(circuit: Path) -> dict[str, list[Any]]:
    files = NodeFiles(circuit.parent / "nodes.h5", circuit.parent / "node_types.csv")
    with open_population(files, "S1_neurons") as table:
        read: dict[str, list[Any]] = table.whole().to_pydict()
        return read


def test_libsonata_reads_the_same_values(circuit: Path, ours: dict[str, list[Any]]) -> None:
    population = libsonata.NodeStorage(str(circuit.parent / "nodes.h5")).open_population("S1_neurons")
    everyone = population.select_all()

    for name in population.attribute_names:
        same(population.get_attribute(name, everyone).tolist(), ours[name])
    for name in population.dynamics_attribute_names:
        same(population.get_dynamics_attribute(name, everyone).tolist(), ours[name])
    assert population.attribute_names | population.dynamics_attribute_names == ours.keys() - OURS_ALONE


def test_bluepysnap_reads_the_same_values(circuit: Path, ours: dict[str, list[Any]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        import bluepysnap  # noqa: PLC0415 - it warns as soon as it is imported

        frame = bluepysnap.Circuit(str(circuit)).nodes["S1_neurons"].get()

    for name in frame.columns:
        same(frame[name].tolist(), ours[name.split(".")[-1].removeprefix("@dynamics:")])
    assert len(frame.columns) == len(ours.keys() - OURS_ALONE)


def same(theirs: list[Any], mine: list[Any]) -> None:
    if isinstance(theirs[0], float):
        np.testing.assert_array_equal(np.array(theirs), np.array([np.nan if each is None else each for each in mine]))
    else:
        assert theirs == mine


def test_cells_lie_in_the_depth_of_their_layer(ours: dict[str, list[Any]]) -> None:
    depths = {layer: [-y for y, at in zip(ours["y"], ours["layer"], strict=True) if at == layer] for layer in "1234"}

    assert all(max(depths[above]) <= min(depths[below]) for above, below in pairwise("1234"))


def test_types_agree_with_one_another(ours: dict[str, list[Any]]) -> None:
    for mtype, layer, synapse_class, me_type in zip(
        ours["mtype"], ours["layer"], ours["synapse_class"], ours["me_combo"], strict=True
    ):
        assert mtype.startswith(f"L{layer}_")
        assert me_type.startswith(mtype)
        assert (synapse_class == "EXC") == me_type.endswith("_cADpyr")


def test_the_same_seed_makes_the_same_circuit(tmp_path: Path) -> None:
    plan = Plan(nodes=300, projecting=30, seed=5)
    one, other = (write_circuit(plan, tmp_path / name).parent / "nodes.h5" for name in ("one", "other"))
    another = write_circuit(Plan(nodes=300, projecting=30, seed=6), tmp_path / "another").parent / "nodes.h5"

    tables = [open_population(NodeFiles(path), "S1_neurons").whole() for path in (one, other, another)]

    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


def test_groups_split_the_cells_and_lose_none(tmp_path: Path) -> None:
    def made(groups: int) -> Path:
        plan = Plan(nodes=300, projecting=30, groups=groups)
        return write_circuit(plan, tmp_path / str(groups)).parent / "nodes.h5"

    whole, split = (open_population(NodeFiles(made(groups)), "S1_neurons").whole() for groups in (1, 3))

    assert split.select(whole.column_names).to_pydict() == whole.to_pydict()


def test_the_configuration_names_both_populations(circuit: Path) -> None:
    config = json.loads(circuit.read_text(encoding="utf-8"))

    assert [list(entry["populations"]) for entry in config["networks"]["nodes"]] == [["S1_neurons"], ["VPM_fibres"]]

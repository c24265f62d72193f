"""A SONATA node population as one table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from circuit_files import TEXT, Fill, add_library, node_file, plain

from neuroagent.tasks.circuit.errors import BadFile, PopulationNotFound
from neuroagent.tasks.circuit.sonata import NodeFiles, open_population, populations

Read = Callable[..., dict[str, list[Any]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The columns of a file that is made for the occasion, read in stretches of `rows`."""

    def columns(fill: Fill, nodes: int = 6, types: str = "", rows: int = 4) -> dict[str, list[Any]]:
        path = node_file(tmp_path / "nodes.h5", fill, nodes)
        (tmp_path / "types.csv").write_text(types, encoding="utf-8")
        with open_population(NodeFiles(path, tmp_path / "types.csv" if types else None), "p") as table:
            whole: dict[str, list[Any]] = table.whole().to_pydict()
            skipped = [f"{each.what}: {each.why}" for each in (*table.skipped, *table.remarks())]
            stretches = [stretch.to_pydict() for stretch in table.stretches(rows=rows)]
        together = {name: [value for each in stretches for value in each[name]] for name in stretches[0]}
        assert together == whole, "in stretches as at once"
        return whole | {"skipped": skipped}

    return columns


def test_a_library_gives_words_and_a_plain_dataset_its_numbers(read: Read) -> None:
    found = read(plain, 3)

    assert found == {
        "node_id": [0, 1, 2],
        "population": ["p", "p", "p"],
        "mtype": ["L1_DAC", "L5_TPC", "L1_DAC"],
        "x": [0.0, 1.0, 2.0],
        "skipped": [],
    }


def float16(population: Any, group: Any, nodes: int) -> None:
    group["a"] = np.arange(nodes, dtype="f2")


def big_endian(population: Any, group: Any, nodes: int) -> None:
    group["a"] = np.arange(nodes, dtype=">f8")


def packed(population: Any, group: Any, nodes: int) -> None:
    group.create_dataset("a", data=np.arange(nodes), chunks=(2,), compression="gzip", shuffle=True)


def dynamics(population: Any, group: Any, nodes: int) -> None:
    group["dynamics_params/a"] = np.arange(nodes, dtype="f4")


def nested(population: Any, group: Any, nodes: int) -> None:
    group["dynamics_params/sub/a"] = np.arange(nodes)


def custom(population: Any, group: Any, nodes: int) -> None:
    group["custom/a"] = np.arange(nodes)


def another_group_name(population: Any, group: Any, nodes: int) -> None:
    population.move("0", "g0")
    group["a"] = np.arange(nodes)


@pytest.mark.parametrize("fill", [float16, big_endian, packed, dynamics, nested, custom, another_group_name])
def test_numbers_are_read_however_they_are_kept(read: Read, fill: Fill) -> None:
    found = read(fill)

    assert found["a"] == [0, 1, 2, 3, 4, 5]
    assert found["skipped"] == []


def fixed(population: Any, group: Any, nodes: int) -> None:
    group["a"] = np.array(["café".encode()] * nodes, dtype="S8")


def latin_1(population: Any, group: Any, nodes: int) -> None:
    group["a"] = np.array([b"caf\xe9"] * nodes, dtype=h5py.string_dtype("ascii"))


def variable(population: Any, group: Any, nodes: int) -> None:
    group["a"] = np.array(["café"] * nodes, dtype=TEXT)


def enum(population: Any, group: Any, nodes: int) -> None:
    kind = h5py.enum_dtype({"other": 3, "café": 7}, basetype="u1")
    group.create_dataset("a", data=np.full(nodes, 7, "u1"), dtype=kind)


def doubled(population: Any, group: Any, nodes: int) -> None:
    add_library(group, "a", [number % 2 for number in range(nodes)], ["café", "café", "unused"])


def signed(population: Any, group: Any, nodes: int) -> None:
    add_library(group, "a", [1] * nodes, ["unused", "café"], "i8")


def wrapped(population: Any, group: Any, nodes: int) -> None:
    group["dynamics_params"] = np.array(["x"] * nodes, dtype=TEXT)
    group["a"] = np.array(["café"] * nodes, dtype=TEXT)


@pytest.mark.parametrize("fill", [fixed, latin_1, variable, enum, doubled, signed, wrapped])
def test_texts_are_read_however_they_are_kept(read: Read, fill: Fill) -> None:
    found = read(fill)

    assert found["a"] == ["café"] * 6
    assert found["skipped"] == []


@pytest.mark.parametrize("kept", ["bool", "i1"])
def test_truth_is_read(read: Read, kept: str) -> None:
    found = read(lambda _, group, nodes: group.create_dataset("flag", data=(np.arange(nodes) % 2).astype(kept)))

    assert [bool(flag) for flag in found["flag"]] == [False, True] * 3


def test_what_is_not_a_number_is_missing(read: Read) -> None:
    values = [np.nan, np.inf, 0.0, 1.0, np.nan, 2.0]

    found = read(lambda _, group, __: group.create_dataset("a", data=np.array(values)))

    assert found["a"] == [None, np.inf, 0.0, 1.0, None, 2.0]


@pytest.mark.parametrize("places", [[-1, 0, 1, 0, 1, 0], [2, 0, 1, 0, 1, 0]])
def test_a_place_outside_the_library_is_missing_and_said(read: Read, places: list[int]) -> None:
    found = read(lambda _, group, __: add_library(group, "a", places, ["one", "two"], "i4"))

    assert found["a"] == [None, "one", "two", "one", "two", "one"]
    assert found["skipped"] == ["a: 1 of its positions are not in its library"]


def test_two_dimensions_become_columns_and_more_are_left_out(read: Read) -> None:
    def fill(_: Any, group: Any, nodes: int) -> None:
        group["place"] = np.arange(nodes * 3).reshape(nodes, 3)
        group["cube"] = np.zeros((nodes, 2, 2))
        group["wide"] = np.zeros((nodes, 40))

    found = read(fill, 2)

    assert [found[f"place_{part}"] for part in range(3)] == [[0, 3], [1, 4], [2, 5]]
    assert [said.partition(":")[0] for said in found["skipped"]] == ["cube", "wide"]


def test_what_has_another_length_is_left_out_and_the_rest_is_read(read: Read) -> None:
    def fill(_: Any, group: Any, nodes: int) -> None:
        group["short"], group["single"], group["y"] = np.zeros(nodes - 1), 7.0, np.arange(nodes)

    found = read(fill)

    assert found["y"] == [0, 1, 2, 3, 4, 5]
    assert found["skipped"] == [
        "short: it has 5 values for 6 nodes",
        "single: it is a single value, not one for each node",
    ]


def test_types_that_are_no_column_are_left_out(read: Read) -> None:
    def fill(population: Any, group: Any, nodes: int) -> None:
        group["pair"] = np.zeros(nodes, dtype=[("a", "f8"), ("b", "f8")])
        group["y"] = np.arange(nodes)

    found = read(fill)

    assert "pair" not in found
    assert len(found["skipped"]) == 1
    assert found["y"] == [0, 1, 2, 3, 4, 5]


def test_several_groups_are_put_together_by_the_index(read: Read) -> None:
    def fill(population: Any, group: Any, _: int) -> None:
        other = population.create_group("1")
        group["x"], other["x"], other["rate"] = np.arange(3.0), np.arange(3.0) + 10, np.array([5, 6, 7])
        add_library(group, "kind", [0, 1, 0], ["a", "b"])
        add_library(other, "kind", [0, 0, 0], ["c"])
        population["node_group_id"] = np.array([0, 1, 0, 1, 0, 1], "u4")
        population["node_group_index"] = np.array([2, 0, 0, 1, 1, 2], "u8")

    found = read(fill)

    assert found["x"] == [2.0, 10.0, 0.0, 11.0, 1.0, 12.0]
    assert found["rate"] == [None, 5, None, 6, None, 7]
    assert found["kind"] == ["a", "c", "a", "c", "b", "c"]


def test_groups_without_an_index_are_taken_in_order(read: Read) -> None:
    def fill(population: Any, group: Any, _: int) -> None:
        group["x"] = np.arange(4.0)
        population["1/x"] = np.arange(2.0) + 10

    found = read(fill)

    assert found["x"] == [0.0, 1.0, 2.0, 3.0, 10.0, 11.0]
    assert found["skipped"] == ["node_group_id: the file doesn't say which node is in which group; taken in order"]


def test_one_group_in_another_order_is_put_in_order(read: Read) -> None:
    def fill(population: Any, group: Any, nodes: int) -> None:
        group["x"] = np.arange(nodes) * 10
        population["node_group_id"] = np.zeros(nodes, "u4")
        population["node_group_index"] = np.arange(nodes)[::-1]

    assert read(fill)["x"] == [50, 40, 30, 20, 10, 0]


def test_ids_are_those_of_the_file_where_it_has_some(read: Read) -> None:
    def fill(population: Any, group: Any, nodes: int) -> None:
        population["node_id"] = np.arange(nodes)[::-1] + 100

    assert read(fill)["node_id"] == [105, 104, 103, 102, 101, 100]


def test_columns_have_plain_names_each_once_whatever_the_case(read: Read) -> None:
    def fill(_: Any, group: Any, nodes: int) -> None:
        for name in ("Layer", "layer", 'my attr"; drop table t; --', "größe", "node_id", "tau", "dynamics_params/tau"):
            group[name] = np.arange(nodes)

    names = list(read(fill))

    assert {"Layer", "layer_2", "my_attr_drop_table_t", "größe", "node_id_2", "tau", "dynamics_params_tau"} < set(names)
    assert len({name.casefold() for name in names}) == len(names)


TYPES = """node_type_id population model "long name" rate depth
1 p LIF "Rorb, one" 1.5 3
2 p NULL "Rorb two" 2 NULL
2 other XXX "not ours" 9 9
"""


def test_node_types_are_joined_and_the_file_itself_wins(read: Read) -> None:
    def fill(population: Any, group: Any, nodes: int) -> None:
        population["node_type_id"][...] = [1, 2, 1, 2, 3, 1]
        group["rate"] = np.full(nodes, 8)

    found = read(fill, types=TYPES)

    assert found["model"] == ["LIF", None, "LIF", None, None, "LIF"]
    assert found["long_name"] == ["Rorb, one", "Rorb two", "Rorb, one", "Rorb two", None, "Rorb, one"]
    assert found["depth"] == [3, None, 3, None, None, 3]
    assert found["rate"] == [8] * 6
    assert found["node_type_id"] == [1, 2, 1, 2, 3, 1]


def test_node_types_fill_in_for_the_groups_that_lack_an_attribute(read: Read) -> None:
    def fill(population: Any, group: Any, _: int) -> None:
        population["node_type_id"][...] = [1, 2, 1, 2, 1, 2]
        group["rate"], population["1/x"] = np.full(3, 8.0), np.zeros(3)
        population["node_group_id"] = np.array([0, 0, 0, 1, 1, 1], "u4")
        population["node_group_index"] = np.array([0, 1, 2, 0, 1, 2], "u8")

    assert read(fill, types=TYPES)["rate"] == [8.0, 8.0, 8.0, 2.0, 1.5, 2.0]


def test_broken_node_types_hurt_nobody(read: Read) -> None:
    found = read(plain, types="this is no table\n1 2\n")

    assert found["x"] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert found["skipped"] == ["node types: it has no column 'node_type_id'"]


def no_rows(population: Any, group: Any, nodes: int) -> None:
    group["x"] = np.zeros(0)
    add_library(group, "mtype", [], ["a"])


def no_group(population: Any, group: Any, nodes: int) -> None:
    del population["0"]


@pytest.mark.parametrize("fill", [no_rows, no_group])
def test_a_population_of_nobody_is_a_table_without_rows(read: Read, fill: Fill) -> None:
    assert read(fill, 0)["node_id"] == []


def test_without_an_index_the_attributes_tell_how_many_there_are(read: Read) -> None:
    def fill(population: Any, group: Any, nodes: int) -> None:
        del population["node_type_id"]
        group["x"] = np.arange(nodes)

    assert read(fill)["node_id"] == [0, 1, 2, 3, 4, 5]


def test_the_largest_numbers_stay_what_they_are(read: Read) -> None:
    def fill(_: Any, group: Any, nodes: int) -> None:
        group["big"] = np.full(nodes, 2**64 - 1, "u8")

    assert read(fill)["big"] == [2**64 - 1] * 6


def test_a_file_tells_its_populations(tmp_path: Path) -> None:
    assert populations(node_file(tmp_path / "nodes.h5", plain, 7, "cortex")) == {"cortex": 7}


def test_a_population_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    path = node_file(tmp_path / "nodes.h5", plain, 7, "cortex")

    with pytest.raises(PopulationNotFound, match=r"no population 'hippocampus'; this circuit has cortex\."):
        open_population(NodeFiles(path), "hippocampus")


def test_a_file_of_edges_is_told_apart(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "edges.h5", "w") as file:
        file["edges/e/x"] = np.zeros(3)

    with pytest.raises(BadFile, match="is it one of edges"):
        populations(tmp_path / "edges.h5")

"""What a circuit's archive holds of use."""

import gzip
import json
from io import BytesIO
from pathlib import Path

import pytest
from circuit_files import node_file, plain, tar_of

from neuroagent.tasks.circuit.ahead import AT_ONCE, WAITING
from neuroagent.tasks.circuit.archive import Unpacked, unpack
from neuroagent.tasks.circuit.errors import BadArchive

CONFIG = json.dumps({"networks": {"nodes": [{"nodes_file": "./nodes.h5", "node_types_file": "types.csv"}]}}).encode()
ALL = [("c/circuit_config.json", CONFIG), ("c/types.csv", b"node_type_id\n"), ("c/nodes.h5", b"nodes")]


def names(unpacked: Unpacked) -> set[str]:
    return set(unpacked.files)


def unpacked(path: Path, wanted: frozenset[str] = frozenset()) -> Unpacked:
    folder = path.parent / f"out-{path.name}-{len(wanted)}"
    folder.mkdir()
    with path.open("rb") as stream:
        return unpack(stream, folder, wanted=wanted)


@pytest.mark.parametrize("mode", ["w:gz", "w"])
@pytest.mark.parametrize("order", [ALL, ALL[::-1]])
def test_configuration_nodes_and_types_are_kept(tmp_path: Path, mode: str, order: list[tuple[str, bytes]]) -> None:
    found = unpacked(tar_of(tmp_path / "circuit.gz", order, mode))

    assert names(found) == {"c/circuit_config.json", "c/types.csv", "c/nodes.h5"}
    assert found.files["c/nodes.h5"].read_bytes() == b"nodes"
    assert found.missed() == frozenset()


def test_what_no_question_needs_is_passed_over(tmp_path: Path) -> None:
    others = [("c/edges/edges.h5", b"e"), ("c/morphologies/m.swc", b"m"), ("c/readme.txt", b"r")]

    assert names(unpacked(tar_of(tmp_path / "circuit.gz", [*others, *ALL]))) == {name for name, _ in ALL}


def test_reading_stops_once_everything_is_there(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "circuit.tar", [*ALL, ("c/edges.h5", b"e" * 30_000_000)], "w")

    with path.open("rb") as stream:
        unpack(stream, tmp_path)

        assert stream.tell() <= AT_ONCE * (WAITING + 4), "no more than is read ahead"


def test_a_node_file_that_was_taken_for_something_else_comes_in_another_round(tmp_path: Path) -> None:
    config = json.dumps({"networks": {"nodes": [{"nodes_file": "synapse_free/cells.h5"}]}}).encode()
    members = [("c/synapse_free/cells.h5", b"nodes"), ("c/circuit_config.json", config)]
    path = tar_of(tmp_path / "circuit.gz", members)

    first = unpacked(path)
    second = unpacked(path, wanted=first.missed())

    assert first.missed() == {"c/synapse_free/cells.h5"}
    assert second.files["c/synapse_free/cells.h5"].read_bytes() == b"nodes"


def test_litter_of_other_systems_is_not_taken_for_the_circuit(tmp_path: Path) -> None:
    litter = [("._c", b"x"), ("c/._nodes.h5", b"x"), ("__MACOSX/c/nodes.h5", b"x"), ("c/.circuit_config.json", CONFIG)]

    assert names(unpacked(tar_of(tmp_path / "circuit.gz", [*litter, *ALL]))) == {name for name, _ in ALL}


@pytest.mark.parametrize("prefix", ["", "./", "a/b/c/"])
def test_the_circuit_may_lie_anywhere_in_it(tmp_path: Path, prefix: str) -> None:
    members = [(prefix + name.removeprefix("c/"), content) for name, content in ALL]

    found = unpacked(tar_of(tmp_path / "circuit.gz", members))

    assert {name.rpartition("/")[2] for name in found.files} == {"circuit_config.json", "types.csv", "nodes.h5"}
    assert found.is_complete()


def test_the_main_configuration_wins_over_others(tmp_path: Path) -> None:
    other = json.dumps({"networks": {"nodes": [{"nodes_file": "other.h5"}]}}).encode()

    found = unpacked(tar_of(tmp_path / "circuit.gz", [("c/a_config.json", other), *ALL, ("c/z_config.json", other)]))

    assert [entry.nodes for entry in found.entries] == ["c/nodes.h5"]


def test_a_node_file_that_was_packed_alone_is_a_circuit_too(tmp_path: Path) -> None:
    nodes = node_file(tmp_path / "nodes.h5", plain).read_bytes()

    (tmp_path / "out").mkdir()
    found = unpack(BytesIO(gzip.compress(nodes)), tmp_path / "out")

    assert [path.read_bytes() for path in found.files.values()] == [nodes]


@pytest.mark.parametrize(("head", "name"), [(b"PK\x03\x04", "zip"), (b"BZh9", "bzip2"), (b"\xfd7zXZ\x00", "xz")])
def test_another_packing_is_named(tmp_path: Path, head: bytes, name: str) -> None:
    with pytest.raises(BadArchive, match=f"packed with {name}"):
        unpack(BytesIO(head + b"\0" * 100), tmp_path)


def test_an_archive_packed_in_pieces_is_read_to_its_end(tmp_path: Path) -> None:
    plain_tar = tar_of(tmp_path / "circuit.tar", ALL, "w").read_bytes()
    pieces = b"".join(gzip.compress(plain_tar[start : start + 700]) for start in range(0, len(plain_tar), 700))

    assert names(unpack(BytesIO(pieces), tmp_path)) == {name for name, _ in ALL}

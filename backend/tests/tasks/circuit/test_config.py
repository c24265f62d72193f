"""Which files of a circuit hold nodes, as its configuration says."""

import json
from typing import Any

import pytest

from neuroagent.tasks.circuit.config import NodesEntry, located, node_entries


def entries(config: Any, path: str = "c/circuit_config.json") -> tuple[NodesEntry, ...]:
    return node_entries(json.dumps(config).encode(), path)


def of_nodes(*nodes: Any, **more: Any) -> dict[str, Any]:
    return {"networks": {"nodes": list(nodes)}, **more}


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        ({}, "nodes.h5"),
        ({"$BASE_DIR": "."}, "$BASE_DIR/nodes.h5"),
        ({"BASE_DIR": "./"}, "${BASE_DIR}/nodes.h5"),
        ({"$BASE": ".", "$NET": "$BASE/net"}, "$NET/../nodes.h5"),
        ({"$BASE_DIR": "${configdir}"}, "$BASE_DIR/nodes.h5"),
        ({"$A": "$B", "$B": "$C", "$C": "."}, "$A/nodes.h5"),
        (None, "./x/../nodes.h5"),
        ("nonsense", "nodes.h5"),
    ],
)
def test_variables_are_expanded_in_every_spelling(manifest: Any, path: str) -> None:
    assert entries(of_nodes({"nodes_file": path}, manifest=manifest)) == (NodesEntry("c/nodes.h5"),)


def test_node_types_come_along_and_null_means_none() -> None:
    given = of_nodes(
        {"nodes_file": "a.h5", "node_types_file": "a.csv"},
        {"nodes_file": "b.h5", "node_types_file": None},
        {"nodes_file": "c.h5", "node_types_file": "NULL"},
    )

    assert [entry.types for entry in entries(given)] == ["c/a.csv", None, None]


def test_edges_and_populations_need_not_be_there() -> None:
    given = of_nodes({"nodes_file": "a.h5", "populations": {"p": {}}}, {"nodes_file": "b.h5"})

    assert [entry.nodes for entry in entries(given)] == ["c/a.h5", "c/b.h5"]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"7", b'{"networks": 3}', b'{"networks": {"nodes": {}}}', b"[" * 99_999]
)
def test_other_files_name_no_nodes(raw: bytes) -> None:
    assert node_entries(raw, "x.json") == ()


@pytest.mark.parametrize("node", [3, None, {}, {"nodes_file": 3}, {"nodes_file": ""}])
def test_an_odd_entry_does_not_hurt_its_neighbour(node: Any) -> None:
    assert entries(of_nodes(node, {"nodes_file": "a.h5"})) == (NodesEntry("c/a.h5"),)


def test_a_byte_order_mark_and_latin_1_are_read() -> None:
    raw = b'\xef\xbb\xbf{"author": "Ren\xc3\xa9", "networks": {"nodes": [{"nodes_file": "a.h5"}]}}'

    assert node_entries(raw, "c/x.json") == node_entries(raw.replace(b"\xc3\xa9", b"\xe9")[3:], "c/x.json")


def test_variables_that_grow_without_end_are_cut_short() -> None:
    assert len(entries(of_nodes({"nodes_file": "$A"}, manifest={"$A": "$A$A$A$A$A$A"}))[0].nodes) < 20_000


def test_a_file_is_found_where_the_configuration_thought_it_lay_elsewhere() -> None:
    names = {"c/one/nodes.h5", "c/two/nodes.h5", "c/nodes.csv"}

    assert located("/home/somebody/circuits/two/nodes.h5", names) == "c/two/nodes.h5"
    assert located("c/one/nodes.h5", names) == "c/one/nodes.h5"
    assert located("c/elsewhere.h5", names) is None

"""A made circuit on disk: node files, node types, configuration, and edges where somebody wants weight."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from neuroagent.tasks.circuit.making.blocks import (
    DYNAMICS,
    ENUMERATED,
    MTYPES,
    NAMES_OF_MORPHOLOGIES,
    NUMBERS,
    PLACES,
    Array,
    Block,
    blocks,
)

MAGIC: Final = 0x0A7A
MEGABYTE: Final = 2**20
FIRST_TYPE: Final = 100  # node_type_id of the first morphological type
TEXT: Final[Any] = h5py.string_dtype("utf-8")


@dataclass(frozen=True)
class Plan:
    """What to make; `projecting` cells are a second, virtual population that has places only."""

    nodes: int
    projecting: int
    groups: int = 1
    plain_strings: bool = True
    edges_megabytes: int = 0
    seed: int = 1
    population: str = "S1_neurons"
    projection: str = "VPM_fibres"


def write_circuit(plan: Plan, folder: Path) -> Path:
    """The configuration's path, the rest beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_nodes(plan, folder / "nodes.h5")
    _write_projection(plan, folder / "projection_nodes.h5")
    _write_types(plan, folder / "node_types.csv")
    if plan.edges_megabytes:
        _write_edges(plan, folder / "edges.h5")
    config = folder / "circuit_config.json"
    config.write_text(json.dumps(_config(plan), indent=2), encoding="utf-8")
    return config


def _config(plan: Plan) -> dict[str, Any]:
    cells = {
        "type": "biophysical",
        "morphologies_dir": "$BASE_DIR/morphologies",
        "biophysical_neuron_models_dir": "$BASE_DIR/models",
    }
    edges = {"edges_file": "$BASE_DIR/edges.h5", "populations": {"local": {"type": "chemical"}}}
    return {
        "version": 2.3,
        "manifest": {"$BASE_DIR": "."},
        "networks": {
            "nodes": [
                {
                    "nodes_file": "$BASE_DIR/nodes.h5",
                    "node_types_file": "$BASE_DIR/node_types.csv",
                    "populations": {plan.population: cells},
                },
                {"nodes_file": "$BASE_DIR/projection_nodes.h5", "populations": {plan.projection: {"type": "virtual"}}},
            ],
            "edges": [edges] if plan.edges_megabytes else [],
        },
    }


def _write_nodes(plan: Plan, path: Path) -> None:
    with _sonata_file(path) as file:
        population = file.create_group(f"nodes/{plan.population}")
        population.create_dataset("node_type_id", shape=(plan.nodes,), dtype=np.int64)
        sizes = [len(part) for part in np.array_split(np.arange(plan.nodes, dtype=np.int8), plan.groups)]
        groups = [_new_group(population.create_group(str(name)), size, plan) for name, size in enumerate(sizes)]
        if plan.groups > 1:
            _write_membership(population, sizes)
        starts = np.cumsum([0, *sizes])
        for block in blocks(plan.nodes, plan.seed):
            population["node_type_id"][_rows(block)] = FIRST_TYPE + block.places["mtype"].astype(np.int64)
            for group, start, end in zip(groups, starts, starts[1:], strict=False):
                _fill(group, int(start), int(end), block)


def _new_group(group: Any, rows: int, plan: Plan) -> Any:
    library = group.create_group("@library")
    libraries = dict(ENUMERATED) | ({} if plan.plain_strings else {"morphology": NAMES_OF_MORPHOLOGIES})
    for name, values in libraries.items():
        group.create_dataset(name, shape=(rows,), dtype=np.uint32)
        library.create_dataset(name, data=np.array(values, dtype=object), dtype=TEXT)
    if plan.plain_strings:
        group.create_dataset("morphology", shape=(rows,), dtype=TEXT)
    for name in NUMBERS:
        group.create_dataset(name, shape=(rows,), dtype=np.float64)
    for name in DYNAMICS:
        group.create_dataset(f"dynamics_params/{name}", shape=(rows,), dtype=np.float64)
    return group


def _fill(group: Any, start: int, end: int, block: Block) -> None:
    """That part of the block that lies in this group, whose first row is `start` of the population."""
    first, last = max(block.start, start), min(block.start + block.rows, end)
    if first >= last:
        return
    source, target = slice(first - block.start, last - block.start), slice(first - start, last - start)
    for name, values in block.places.items():
        drawn = values[source]
        if name == "morphology" and "morphology" not in group["@library"]:
            drawn = np.array(NAMES_OF_MORPHOLOGIES, dtype=object)[drawn]
        group[name][target] = drawn
    for name, values in block.numbers.items():
        group[name][target] = values[source]
    for name, values in block.dynamics.items():
        group["dynamics_params"][name][target] = values[source]


def _write_membership(population: Any, sizes: Sequence[int]) -> None:
    population["node_id"] = np.arange(sum(sizes), dtype=np.uint64)
    population["node_group_id"] = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
    population["node_group_index"] = np.concatenate([np.arange(size, dtype=np.uint64) for size in sizes])


def _write_projection(plan: Plan, path: Path) -> None:
    with _sonata_file(path) as file:
        population = file.create_group(f"nodes/{plan.projection}")
        population["node_type_id"] = np.full(plan.projecting, -1, np.int64)
        group = population.create_group("0")
        group["model_type"] = np.zeros(plan.projecting, np.uint32)
        group.create_group("@library").create_dataset("model_type", data=np.array(["virtual"], object), dtype=TEXT)
        for name in PLACES:
            group.create_dataset(name, shape=(plan.projecting,), dtype=np.float64)
        for block in blocks(plan.projecting, plan.seed + 1):
            for name in PLACES:
                group[name][_rows(block)] = block.numbers[name]


def _write_types(plan: Plan, path: Path) -> None:
    """What all cells of a morphological type share stands once, joined by its id."""
    lines = ["node_type_id population species staining axon_target"]
    for number, mtype in enumerate(MTYPES):
        staining = '"biocytin, 3D"' if number % 2 else "biocytin"
        target = "soma" if mtype.endswith(("LBC", "NBC", "SBC")) else "NULL"
        lines.append(f'{FIRST_TYPE + number} {plan.population} "Rattus norvegicus" {staining} {target}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_edges(plan: Plan, path: Path) -> None:
    """Ids as dense as real ones, so that the file packs about as well."""
    random = np.random.default_rng(plan.seed + 2)
    rows = plan.edges_megabytes * MEGABYTE // 16
    with _sonata_file(path) as file:
        population = file.create_group("edges/local")
        for name in ("source_node_id", "target_node_id"):
            ids = population.create_dataset(name, shape=(rows,), dtype=np.uint64)
            ids.attrs["node_population"] = plan.population
            for start in range(0, rows, MEGABYTE):
                count = min(MEGABYTE, rows - start)
                ids[start : start + count] = _ids(random, plan.nodes, count)


def _ids(random: np.random.Generator, nodes: int, count: int) -> Array:
    return random.integers(0, max(nodes, 1), count, dtype=np.uint64)


def _sonata_file(path: Path) -> Any:
    file = h5py.File(path, "w", libver=("earliest", "v110"))
    file.attrs["magic"] = np.uint32(MAGIC)
    file.attrs["version"] = np.array([0, 1], dtype=np.uint32)
    return file


def _rows(block: Block) -> slice:
    return slice(block.start, block.start + block.rows)

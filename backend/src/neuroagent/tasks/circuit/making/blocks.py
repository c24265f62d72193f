"""The attributes of a run of cells, drawn block by block so that a circuit of any size fits into little memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from neuroagent.tasks.circuit.making.cells import HEMISPHERES, LAYERS, REGIONS, CellType, cell_types

Array = NDArray[Any]

ROWS: Final = 250_000
RADIUS: Final = 1_000.0  # µm, of the column the cells lie in
MORPHOLOGIES: Final = 5_000
MISSING_RATE: Final = 0.01

TYPES: Final[tuple[CellType, ...]] = cell_types()
MTYPES: Final = tuple(dict.fromkeys(each.mtype for each in TYPES))
ENUMERATED: Final[dict[str, tuple[str, ...]]] = {
    "mtype": MTYPES,
    "etype": tuple(dict.fromkeys(each.etype for each in TYPES)),
    "layer": tuple(LAYERS),
    "synapse_class": ("EXC", "INH"),
    "morph_class": ("INT", "PYR"),
    "me_combo": tuple(each.me_type for each in TYPES),
    "model_template": tuple(dict.fromkeys(each.template for each in TYPES)),
    "model_type": ("biophysical",),
    "region": tuple(REGIONS),
    "hemisphere": tuple(HEMISPHERES),
}
NAMES_OF_MORPHOLOGIES: Final = tuple(
    f"dend-C{number * 7919 % 300_000:06d}_axon-rp{number * 104_729 % 200_000:06d}_-_Clone_{number % 12}"
    for number in range(MORPHOLOGIES)
)
PLACES: Final = ("x", "y", "z")
NUMBERS: Final = (
    *PLACES,
    "rotation_angle_xaxis",
    "rotation_angle_yaxis",
    "rotation_angle_zaxis",
    "exc_mini_frequency",
    "inh_mini_frequency",
)
DYNAMICS: Final = ("holding_current", "threshold_current", "input_resistance")

_tops: Final = dict(zip(LAYERS, np.cumsum([0.0, *LAYERS.values()]), strict=False))


def _of_types(attribute: str) -> Array:
    """For every cell type, the position of its value in the attribute's library."""
    values = {"me_combo": "me_type", "model_template": "template"}
    library = {name: place for place, name in enumerate(ENUMERATED[attribute])}
    return np.array([library[getattr(each, values.get(attribute, attribute))] for each in TYPES], dtype=np.uint32)


FROM_TYPE: Final = {
    name: _of_types(name)
    for name in ("mtype", "etype", "layer", "synapse_class", "morph_class", "me_combo", "model_template")
}


@dataclass(frozen=True)
class Block:
    """Rows `start` and on; `places` are positions in the libraries of ENUMERATED, and in the morphologies."""

    start: int
    rows: int
    types: Array
    places: dict[str, Array] = field(default_factory=dict)
    numbers: dict[str, Array] = field(default_factory=dict)
    dynamics: dict[str, Array] = field(default_factory=dict)


def blocks(nodes: int, seed: int) -> Iterator[Block]:
    random = np.random.default_rng(seed)
    for start in range(0, nodes, ROWS):
        yield block(random, start, min(ROWS, nodes - start))


def block(random: np.random.Generator, start: int, rows: int) -> Block:
    shares = np.array([each.share for each in TYPES])
    types = random.choice(len(TYPES), rows, p=shares / shares.sum())
    places = {name: table[types] for name, table in FROM_TYPE.items()}
    places["model_type"] = np.zeros(rows, np.uint32)
    places["region"] = _drawn(random, REGIONS, rows)
    places["hemisphere"] = _drawn(random, HEMISPHERES, rows)
    places["morphology"] = random.integers(0, MORPHOLOGIES, rows, dtype=np.uint32)
    return Block(start, rows, types, places, _numbers(random, places, rows), _dynamics(random, places, rows))


def _drawn(random: np.random.Generator, shares: dict[str, float], rows: int) -> Array:
    weights = np.array(list(shares.values()))
    return random.choice(len(shares), rows, p=weights / weights.sum()).astype(np.uint32)


def _numbers(random: np.random.Generator, places: dict[str, Array], rows: int) -> dict[str, Array]:
    """Cells fill a disc, each in the depth of its layer; the two hemispheres lie on either side of x = 0."""
    far, turn = RADIUS * np.sqrt(random.random(rows)), 2 * np.pi * random.random(rows)
    tops, thick = np.array([_tops[each] for each in LAYERS]), np.array(list(LAYERS.values()))
    side = np.where(places["hemisphere"] == 0, -1.0, 1.0) * (RADIUS + 500.0)
    sparse = random.gamma(2.0, 0.2, rows)
    sparse[random.random(rows) < MISSING_RATE] = np.nan
    return {
        "x": side + far * np.cos(turn),
        "y": -(tops[places["layer"]] + thick[places["layer"]] * random.random(rows)),
        "z": far * np.sin(turn),
        "rotation_angle_xaxis": np.zeros(rows),
        "rotation_angle_yaxis": random.uniform(-np.pi, np.pi, rows),
        "rotation_angle_zaxis": np.zeros(rows),
        "exc_mini_frequency": sparse,
        "inh_mini_frequency": random.gamma(1.5, 0.02, rows),
    }


def _dynamics(random: np.random.Generator, places: dict[str, Array], rows: int) -> dict[str, Array]:
    excitatory = places["synapse_class"] == 0
    return {
        "holding_current": random.normal(-0.02, 0.01, rows),
        "threshold_current": np.abs(random.normal(np.where(excitatory, 0.22, 0.12), 0.05, rows)),
        "input_resistance": random.lognormal(np.where(excitatory, 4.2, 5.1), 0.3, rows),
    }

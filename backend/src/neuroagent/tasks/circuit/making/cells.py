"""The kinds of cells a made circuit has: which layer, class and firing they have, and how common they are."""

from dataclasses import dataclass
from typing import Final

LAYERS: Final = {
    "1": 165.0,
    "2": 150.0,
    "3": 350.0,
    "4": 190.0,
    "5": 525.0,
    "6": 700.0,
}  # thickness in µm, from the pia
REGIONS: Final = {"S1FL": 0.27, "S1HL": 0.21, "S1ULp": 0.2, "S1J": 0.12, "S1DZ": 0.09, "S1Tr": 0.07, "S1Sh": 0.04}
HEMISPHERES: Final = {"left": 0.52, "right": 0.48}
INTERNEURONS: Final = {"BP": 3, "BTC": 9, "CHC": 4, "DBC": 14, "LBC": 30, "MC": 22, "NBC": 18, "NGC": 5, "SBC": 10}
PYRAMIDAL: Final = {
    "1": {},
    "2": {"IPC": 110, "TPC_A": 260},
    "3": {"TPC_A": 480, "TPC_C": 170},
    "4": {"SSC": 120, "TPC": 520, "UPC": 130},
    "5": {"TPC_A": 300, "TPC_B": 260, "TPC_C": 80, "UPC": 90},
    "6": {"BPC": 190, "HPC": 150, "IPC": 220, "TPC_A": 240, "UPC": 160},
}
LAYER_ONE: Final = {"DAC": 14, "HAC": 20, "NGC-DA": 16, "NGC-SA": 12, "SAC": 9}
FIRING: Final = {
    "EXC": {"cADpyr": 1.0},
    "INH": {"bAC": 0.14, "bIR": 0.04, "bNAC": 0.12, "cACint": 0.22, "cNAC": 0.24, "cSTUT": 0.1, "dNAC": 0.14},
}


@dataclass(frozen=True)
class CellType:
    mtype: str
    etype: str
    layer: str
    synapse_class: str
    share: float

    @property
    def morph_class(self) -> str:
        return "PYR" if self.synapse_class == "EXC" else "INT"

    @property
    def me_type(self) -> str:
        return f"{self.mtype}_{self.etype}"

    @property
    def template(self) -> str:
        return f"hoc:{self.etype}_{self.layer}{self.morph_class}"


def cell_types() -> tuple[CellType, ...]:
    """Every pairing of morphology and firing that occurs; the shares add up to one."""
    weighed = [
        CellType(f"L{layer}_{name}", etype, layer, synapse_class, weight * share)
        for layer in LAYERS
        for synapse_class, weights in _in(layer).items()
        for name, weight in weights.items()
        for etype, share in FIRING[synapse_class].items()
    ]
    total = sum(each.share for each in weighed)
    return tuple(
        CellType(each.mtype, each.etype, each.layer, each.synapse_class, each.share / total) for each in weighed
    )


def _in(layer: str) -> dict[str, dict[str, int]]:
    return {"EXC": PYRAMIDAL[layer], "INH": LAYER_ONE if layer == "1" else INTERNEURONS}

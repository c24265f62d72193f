"""The attributes of a run of cells, drawn block by block."""

from neuroagent.tasks.circuit.making.blocks import ENUMERATED, MORPHOLOGIES, ROWS, TYPES, blocks


def test_blocks_cover_every_cell_once() -> None:
    made = list(blocks(ROWS + 10, seed=1))

    assert [(block.start, block.rows) for block in made] == [(0, ROWS), (ROWS, 10)]
    assert all(len(values) == 10 for values in (made[1].places | made[1].numbers | made[1].dynamics).values())


def test_every_place_is_one_of_its_library() -> None:
    block = next(blocks(5_000, seed=1))
    sizes = {name: len(values) for name, values in ENUMERATED.items()} | {"morphology": MORPHOLOGIES}

    assert sizes.keys() == block.places.keys()
    assert all(values.max() < sizes[name] for name, values in block.places.items())


def test_kinds_are_as_common_as_they_should_be() -> None:
    block = next(blocks(50_000, seed=1))
    excitatory = sum(each.share for each in TYPES if each.synapse_class == "EXC")

    assert abs((block.places["synapse_class"] == 0).mean() - excitatory) < 0.02

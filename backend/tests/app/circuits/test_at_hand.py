"""Which circuit a person means."""

import pytest
from stores import chunks

from neuroagent.app.circuits.at_hand import AtHand
from neuroagent.app.circuits.schemas import Link, Registration, Upload
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.errors import NotFound

ELSEWHERE = Registration(name="far", source=Link(url="https://x.example/c.gz"))


async def test_without_any_the_newest_is_meant_and_never_another_s(circuits: Circuits) -> None:
    await circuits.upload("ann", "old.csv", "csv", chunks(b"a\n"))
    new = await circuits.register("ann", ELSEWHERE)
    await circuits.register("bob", ELSEWHERE)

    assert (await AtHand(circuits, "ann").named("")).id == new.id
    assert [row.name for row in await AtHand(circuits, "ann").all()] == ["far", "old.csv"]


async def test_the_chosen_one_is_meant_and_comes_first(circuits: Circuits) -> None:
    old = await circuits.upload("ann", "old.csv", "csv", chunks(b"a\n"))
    await circuits.register("ann", ELSEWHERE)
    at_hand = AtHand(circuits, "ann", old.id)

    assert (await at_hand.named("")).id == old.id
    assert [row.name for row in await at_hand.all()] == ["old.csv", "far"]


async def test_one_that_is_named_by_id_or_name_wins(circuits: Circuits) -> None:
    old = await circuits.upload("ann", "old.csv", "csv", chunks(b"a\n"))
    new = await circuits.register("ann", ELSEWHERE)
    at_hand = AtHand(circuits, "ann", new.id)

    assert {(await at_hand.named(word)).id for word in ("old.csv", old.id)} == {old.id}


async def test_what_isn_t_there_is_said_with_what_is(circuits: Circuits) -> None:
    of_bob = await circuits.register("bob", ELSEWHERE)
    with pytest.raises(NotFound, match="You have no circuit yet"):
        await AtHand(circuits, "ann").named("")
    await circuits.register("ann", ELSEWHERE)

    for word in (of_bob.id, "near"):
        with pytest.raises(NotFound, match="you have 'far'"):
            await AtHand(circuits, "ann").named(word)
    with pytest.raises(NotFound, match="is gone; choose another"):
        await AtHand(circuits, "ann", of_bob.id).named("")


async def test_one_on_its_way_isn_t_at_hand(circuits: Circuits) -> None:
    await circuits._added("ann", "half.csv", "csv", Upload())

    assert await AtHand(circuits, "ann").all() == []


async def test_before_it_has_been_described_nothing_is_suggested(circuits: Circuits) -> None:
    row = await circuits.register("ann", ELSEWHERE)

    assert await AtHand(circuits, "ann").suggestions(row) == ()

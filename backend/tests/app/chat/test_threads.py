"""Threads belong to their owner; messages are a tree."""

from datetime import UTC, datetime

import pytest
from app.chat.rooms import Opener, ask

from neuroagent.app.chat.threads import Threads
from neuroagent.app.errors import Conflict, InvalidInput, NotFound


async def test_another_s_thread_isn_t_there(threads: Threads) -> None:
    await threads.made("ada", "t1")

    with pytest.raises(NotFound, match="no thread 't1'"):
        await threads.mine("t1", "bob")
    with pytest.raises(NotFound):
        await threads.made("bob", "t1")
    assert (await threads.made("ada", "t1")).id == "t1"


@pytest.mark.parametrize("odd", ["", "../x", "a b", "-x", "x" * 101, "\x00", "\ud800"])
async def test_an_odd_id_is_refused_and_never_found(odd: str, threads: Threads) -> None:
    with pytest.raises(NotFound):
        await threads.mine(odd, "ada")
    if odd:
        with pytest.raises(InvalidInput, match="up to 100 letters"):
            await threads.made("ada", odd)


async def test_they_are_listed_page_by_page(threads: Threads) -> None:
    ids = [(await threads.made("ada")).id for _ in range(3)]
    await threads.made("bob")

    first = await threads.page("ada", None, 2)
    second = await threads.page("ada", (first[-1].updated_at, first[-1].id), 2)

    assert [row.id for row in [*first, *second]] == ids[::-1]


async def test_what_was_deleted_can_be_restored_until_it_is_forgotten(threads: Threads) -> None:
    await threads.made("ada", "t1")
    await threads.delete("t1", "ada")
    assert [row.id for row in await threads.page("ada", None, 9, deleted=True)] == ["t1"]
    with pytest.raises(NotFound):
        await threads.mine("t1", "ada")
    with pytest.raises(NotFound):
        await threads.restore("t1", "bob")

    assert (await threads.restore("t1", "ada")).deleted_at is None

    await threads.forget("t1")
    assert (await threads.mine("t1", "ada")).id == "t1", "what isn't deleted can't be forgotten"
    await threads.delete("t1", "ada")
    assert [row.id for row in await threads.deleted_before(datetime.now(UTC))] == ["t1"]
    await threads.forget("t1")
    with pytest.raises(NotFound):
        await threads.restore("t1", "ada")


async def test_a_thread_isn_t_deleted_under_an_answer(opened: Opener) -> None:
    room = opened.closed()
    await ask(room, "hello")

    with pytest.raises(Conflict, match="is being answered"):
        await room.threads.delete("t1", "ada")


async def test_a_branch_leads_from_the_first_message_to_its_leaf(opened: Opener) -> None:
    room = opened.closed()
    first = await ask(room, "one", id="u1")
    await ask(room, "two", id="u2")
    await ask(room, "two, otherwise", id="u3", edits="u1")

    assert [row.id for row in await room.threads.messages("t1")] == ["u1", "u2", "u3"]
    assert [row.id for row in await room.threads.branch("t1", "u3")] == ["u3"]
    assert [row.id for row in await room.threads.branch("t1", "u2")] == ["u2"], "its parent is an answer to come"
    assert (await room.threads.message("t1", "u2")).parent == first.answer  # type: ignore[union-attr]  # it was asked
    assert await room.threads.branch("t1", None) == []

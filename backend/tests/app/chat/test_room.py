"""The room opens and closes whole."""

from app.chat.rooms import Opener, ask, heard, said


async def test_an_open_room_answers_and_a_closed_one_leaves_it_to_others(opened: Opener) -> None:
    closed = opened.closed()
    async with closed.open():
        pass
    run = await ask(closed, "hello")
    assert [row.state for row in await closed.runs.rows.under_way("t1")] == ["queued"]

    room = await opened()

    assert "built-in model" in said(await heard(room, run))

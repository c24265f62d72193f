"""Links: made, followed, taken back; the token is kept nowhere."""

import json
from typing import Any

import pytest
from app.chat.tellings import message, tell
from sqlalchemy import select

from neuroagent.app.chat.shares.repository import MOST, SHARES, Shares
from neuroagent.app.chat.threads import Threads
from neuroagent.app.errors import Conflict, NotFound

SHOWN: dict[str, Any] = {"title": "x", "messages": []}


@pytest.fixture
async def shares(threads: Threads) -> Shares:
    await tell(threads, message("hi"))
    return Shares(threads.ledger)


async def test_who_has_the_token_sees_the_snapshot(shares: Shares) -> None:
    share = await shares.add("t1", SHOWN)

    assert await shares.followed(share.token) == (share.created_at, SHOWN)


async def test_the_token_is_long_and_kept_nowhere(shares: Shares) -> None:
    tokens = {(await shares.add("t1", SHOWN)).token for _ in range(5)}

    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 43  # 256 bits
    async with shares.ledger.database.read() as reading:
        kept = json.dumps([str(row) for row in (await reading.execute(select(SHARES))).all()])
    assert [token for token in tokens if token in kept] == []
    assert {share.token for share in await shares.page("t1")} == {""}


async def test_a_link_that_was_taken_back_shows_nothing(shares: Shares) -> None:
    kept, gone = await shares.add("t1", SHOWN), await shares.add("t1", SHOWN)

    await shares.revoke("t1", gone.id)

    with pytest.raises(NotFound):
        await shares.followed(gone.token)
    assert await shares.followed(kept.token)
    assert [share.id for share in await shares.page("t1")] == [kept.id]
    with pytest.raises(NotFound):
        await shares.revoke("t1", gone.id)


async def test_another_thread_s_link_isn_t_taken_back(shares: Shares) -> None:
    share = await shares.add("t1", SHOWN)

    with pytest.raises(NotFound):
        await shares.revoke("t2", share.id)

    assert await shares.followed(share.token)


async def test_a_deleted_thread_shows_nothing_until_it_is_restored(shares: Shares, threads: Threads) -> None:
    share = await shares.add("t1", SHOWN)
    await threads.delete("t1", "ada")

    with pytest.raises(NotFound):
        await shares.followed(share.token)

    await threads.restore("t1", "ada")
    assert await shares.followed(share.token)
    await threads.delete("t1", "ada")
    await threads.forget("t1")
    assert await shares.page("t1") == []


async def test_a_thread_has_so_many_links(shares: Shares) -> None:
    for _ in range(MOST):
        await shares.add("t1", SHOWN)

    with pytest.raises(Conflict, match=str(MOST)):
        await shares.add("t1", SHOWN)

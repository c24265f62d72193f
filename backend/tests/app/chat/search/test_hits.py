"""Messages found by their words, alike on both databases."""

import pytest
from app.chat.tellings import message, tell
from sqlalchemy import delete, text

from neuroagent.app.chat.search.hits import Search
from neuroagent.app.chat.threads import MESSAGES, Threads
from neuroagent.app.db.words import Wanted


@pytest.fixture
def search(threads: Threads) -> Search:
    return Search(threads.ledger.database)


async def found(
    search: Search, query: str, before: int | None = None, limit: int = 50, owner: str = "ada"
) -> list[str]:
    return [hit.message_id for hit in await search.hits(owner, Wanted.read(query), before, limit)]


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("purkinje", ["u1"]),
        ("RAMON", ["u2"]),
        ("cells", ["u3", "u1"]),
        ("purkinje cells", ["u1"]),
        ('"cells purkinje"', []),
        ('"layer 5"', ["u3"]),
        ("layer-5", ["u3"]),
        ("cells -purkinje", ["u3"]),
        ("cells -purkinje -layer", []),
        ("ramón or purkinje", ["u2", "u1"]),
        ("numpy as", ["u4"]),
        ("np_array", ["u4"]),
        ("神経", ["u5"]),
        ("-cells", []),
        ("cell", []),
        ("", []),
    ],
)
async def test_words_phrases_exclusions_and_choices(
    query: str, messages: list[str], search: Search, threads: Threads
) -> None:
    await tell(
        threads,
        message("How many Purkinje cells?", "u1"),
        message("Who was Ramón y Cajal?", "u2"),
        message("Cells of layer 5/6", "u3"),
        message("import numpy as np; np_array(2.5)", "u4"),
        message("神経 細胞", "u5"),
    )

    assert await found(search, query) == messages


async def test_another_s_and_deleted_ones_are_not_found(search: Search, threads: Threads) -> None:
    await tell(threads, message("axon", thread_id="mine"), message("axon", "u2", thread_id="gone"))
    await tell(threads, message("axon", "u3", thread_id="hers"), owner="bob")
    await threads.delete("gone", "ada")

    assert await found(search, "axon") == ["u1"]
    assert await found(search, "axon", owner="bob") == ["u3"]

    await threads.restore("gone", "ada")
    assert await found(search, "axon") == ["u2", "u1"]


async def test_page_by_page(search: Search, threads: Threads) -> None:
    await tell(threads, *(message("axon", f"u{number}") for number in range(5)))

    hits = await search.hits("ada", Wanted.read("axon"), None, 2)

    assert [hit.message_id for hit in hits] == ["u4", "u3"]
    assert await found(search, "axon", before=hits[-1].number) == ["u2", "u1", "u0"]


async def test_what_is_taken_back_is_not_found(search: Search, threads: Threads) -> None:
    await tell(threads, message("axon"))

    await threads.ledger.change(delete(MESSAGES).where(MESSAGES.c.id == "u1"))

    assert await found(search, "axon") == []
    if search.database.is_sqlite:
        async with search.database.read() as reading:  # it raises when index and texts differ
            await reading.execute(text("INSERT INTO message_words(message_words) VALUES ('integrity-check')"))

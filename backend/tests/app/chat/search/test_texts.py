"""What a message can be found by."""

from typing import Any

import pytest
from app.chat.tellings import message, ran, tell, text
from sqlalchemy import select

from neuroagent.app.chat.search.texts import LONGEST, TEXTS, text_of
from neuroagent.app.chat.threads import Threads


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([text("one"), text("two")], "one\n\ntwo"),
        (ran("import numpy", stdout="printed"), "import numpy"),
        ([{"type": "reasoning", "text": "hm"}, {"type": "step-start"}], ""),
        ([text("Ramo\u0301n\0\ud800")], "Ramón ?"),
        ([{"type": "tool-x", "input": None}, {"type": "tool-y", "input": {"a": 1, "b": "said"}}], "said"),
        ([text("x" * (LONGEST + 9))], "x" * LONGEST),
    ],
)
def test_it_is_what_was_said_and_what_was_asked_of_tools(parts: list[dict[str, Any]], found: str) -> None:
    assert text_of(parts) == found


async def test_what_says_nothing_isn_t_kept(threads: Threads) -> None:
    await tell(threads, message("…"), message("Words", "u2"))

    async with threads.ledger.database.read() as reading:
        assert (await reading.execute(select(TEXTS.c.message_id, TEXTS.c.words))).all() == [("u2", "words")]


async def test_the_longest_message_fits_into_the_index(threads: Threads) -> None:
    words = " ".join(f"{number:x}é" for number in range(60_000))

    await tell(threads, message(words), message("ﷺ" * LONGEST, "u2"), message("\U0001d518 " * LONGEST, "u3"))

    async with threads.ledger.database.read() as reading:
        assert len((await reading.execute(select(TEXTS.c.id))).all()) == 3

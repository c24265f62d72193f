"""A cursor says again what it was made of, and nothing else is taken for one."""

from datetime import UTC, datetime

import pytest

from neuroagent.app.cursors import cursor, place
from neuroagent.app.errors import InvalidInput

AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def test_it_says_again_what_it_was_made_of() -> None:
    assert place(cursor(AT, "a~b"), str.isascii) == (AT, "a~b")


def test_without_one_there_is_no_place() -> None:
    assert place(None, str.isascii) is None


@pytest.mark.parametrize("given", ["", "~", "yesterday~1", "2026-11-21T12:00:00~1", f"{AT.isoformat()}~\u00e9"])
def test_what_is_none_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="as it stood there"):
        place(given, str.isascii)

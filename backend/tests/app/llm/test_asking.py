"""Whether words are a question to data."""

import pytest

from neuroagent.app.llm.asking import is_question


@pytest.mark.parametrize(
    ("text", "is_one", "after_one"),
    [
        ("Anything odd in there?", True, True),
        ("Top 2 mtypes per layer", True, True),
        ("list the regions", True, True),
        ("and only in layer 5", False, True),
        ("hello", False, False),
        ("Andrew says hello", False, False),
        ("countless stars", False, False),
    ],
)
def test_words_are_a_question_or_go_on_with_one(text: str, is_one: bool, after_one: bool) -> None:
    assert is_question(text, goes_on=False) is is_one
    assert is_question(text, goes_on=True) is after_one

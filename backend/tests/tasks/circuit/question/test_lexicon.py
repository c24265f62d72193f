"""The words of questions."""

import pytest

from neuroagent.tasks.circuit.question.items import LETTERS
from neuroagent.tasks.circuit.question.lexicon import key, lexicon, singular, stem


def test_every_kind_of_word_is_one_that_the_grammar_knows() -> None:
    assert {meaning.kind for meaning in lexicon().phrases.values()} <= set(LETTERS)


def test_no_phrase_is_empty() -> None:
    assert "" not in lexicon().phrases


@pytest.mark.parametrize("text", ["m-type", "m type", "M_Type", "mtype"])
def test_a_name_is_the_same_however_it_is_joined(text: str) -> None:
    assert key(text) == "mtype"


@pytest.mark.parametrize(
    ("plural", "one"),
    [("cities", "city"), ("classes", "class"), ("cells", "cell"), ("class", "class"), ("axis", "axis")],
)
def test_plurals(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_forms_of_a_verb_have_one_stem() -> None:
    assert stem("planting") == stem("planted") == stem("plants")

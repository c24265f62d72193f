"""Words of this place, as an operator writes them."""

import pytest
from pydantic import ValidationError

from neuroagent.app.circuits.settings import CircuitsSettings


def test_synonyms_are_pairs() -> None:
    settings = CircuitsSettings(synonyms=" pyramidal: morph_class = PYR; depth :y;")

    assert settings.known_synonyms == {"pyramidal": "morph_class = PYR", "depth": "y"}
    assert CircuitsSettings().known_synonyms == {}


@pytest.mark.parametrize("wrong", ["pyramidal", "x:", ": y", "a: b; c"])
def test_a_word_without_a_meaning_is_said(wrong: str) -> None:
    with pytest.raises(ValidationError, match="word: meaning"):
        CircuitsSettings(synonyms=wrong)

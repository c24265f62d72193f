"""Half a model is refused at the start, in words."""

import pytest
from pydantic import ValidationError

from neuroagent.app.llm.price import Price
from neuroagent.app.llm.settings import LlmSettings


def test_an_endpoint_and_a_model_are_given_together() -> None:
    with pytest.raises(ValidationError, match="base_url and model are given together"):
        LlmSettings.model_validate({"model": "m"})


def test_prices_are_given_together() -> None:
    with pytest.raises(ValidationError, match="price_in and price_out are given together"):
        LlmSettings.model_validate({"price_in": 1})

    assert LlmSettings().price is None
    assert LlmSettings.model_validate({"price_in": 0, "price_out": 4}).price == Price(0, 4)

"""Half a model is refused at the start, in words."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from neuroagent.app.config import AppSettings
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


FAST = {"base_url": "http://x/v1", "model": "small", "api_key": "a secret key"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fallback": "fast"}, "fallback names 'fast'; there are: default"),
        ({"models": {"default": FAST}}, "can't be a model's name"),
        ({"models": {"a b": FAST}}, "can't be a model's name"),
        ({"models": {"fast": {"model": "small"}}}, "base_url"),
    ],
)
def test_models_that_can_t_be_meant_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        LlmSettings.model_validate(given)


def test_further_models_are_named_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEUROAGENT_LLM__MODELS__FAST__BASE_URL", "http://x/v1")
    monkeypatch.setenv("NEUROAGENT_LLM__MODELS__FAST__MODEL", "small")
    monkeypatch.setenv("NEUROAGENT_LLM__MODELS__FAST__API_KEY", "a secret key")

    settings = AppSettings.load(tmp_path)

    assert {name: model.model for name, model in settings.llm.models.items()} == {"fast": "small"}
    assert "a secret key" in settings.secrets(), "so that no log shows it"


def test_or_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEUROAGENT_LLM__MODELS", '{"big": {"base_url": "http://y/v1", "model": "large"}}')

    settings = AppSettings.load(tmp_path)

    assert {name: model.model for name, model in settings.llm.models.items()} == {"big": "large"}

"""Half a model is refused at the start, in words."""

import pytest
from pydantic import ValidationError

from neuroagent.app.llm.settings import LlmSettings


def test_an_endpoint_and_a_model_are_given_together() -> None:
    with pytest.raises(ValidationError, match="base_url and model are given together"):
        LlmSettings.model_validate({"model": "m"})

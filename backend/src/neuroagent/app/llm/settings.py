"""Which model answers: an endpoint that speaks the OpenAI API, or the built-in model when none is named."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from neuroagent.app.llm.price import Price
from neuroagent.config.settings import Section


class LlmSettings(Section):
    """The chat model."""

    base_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="An endpoint that speaks the OpenAI API; none: the built-in model answers.",
    )
    api_key: SecretStr | None = Field(None, description="The key that the endpoint asks for.")
    model: str = Field("", description="The model's name there.")
    timeout: float = Field(120, gt=0, description="Seconds that the endpoint may say nothing.")
    retries: int = Field(
        2, ge=0, description="Times that a refused or failed request is sent again; `Retry-After` is honoured."
    )
    price_in: float | None = Field(None, ge=0, description="What a million tokens that it reads cost; none: not known.")
    price_out: float | None = Field(None, ge=0, description="What a million tokens that it writes cost.")

    @property
    def price(self) -> Price | None:
        return None if self.price_in is None or self.price_out is None else Price(self.price_in, self.price_out)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.base_url) != bool(self.model):
            raise ValueError("base_url and model are given together, or neither of them")
        if (self.price_in is None) != (self.price_out is None):
            raise ValueError("price_in and price_out are given together, or neither of them")
        return self

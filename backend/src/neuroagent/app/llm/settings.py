"""Which model answers: an endpoint that speaks the OpenAI API, or the built-in model when none is named."""

import re
from typing import Final, Self

from pydantic import Field, SecretStr, model_validator

from neuroagent.app.llm.price import Price
from neuroagent.config.settings import Section

DEFAULT: Final = "default"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")


class NamedModel(Section):
    """One more model; what it doesn't say is as for the default one."""

    base_url: str = Field(pattern=r"^https?://.+$", description="An endpoint that speaks the OpenAI API.")
    model: str = Field(min_length=1, description="The model's name there.")
    api_key: SecretStr | None = Field(None, description="The key that the endpoint asks for.")


class LlmSettings(Section):
    """The chat model."""

    base_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="An endpoint that speaks the OpenAI API; none: the built-in model answers.",
    )
    api_key: SecretStr | None = Field(None, description="The key that the endpoint asks for.")
    model: str = Field("", description="The model's name there.")
    models: dict[str, NamedModel] = Field(
        {},
        description="Further models, each under a name: its `BASE_URL`, `MODEL` and `API_KEY`; or all of them as JSON.",
        examples=["FAST__MODEL=small"],
    )
    fallback: str = Field("", description="Who answers when a model is away, with commas between: `fast,big`.")
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
        for name in self.models:
            if not NAME.fullmatch(name) or name == DEFAULT:
                raise ValueError(f"{name!r} can't be a model's name: it has lower-case letters, digits, `-`, `_`, `.`")
        if unknown := [name for name in self.fallbacks if name != DEFAULT and name not in self.models]:
            raise ValueError(f"fallback names {unknown[0]!r}; there are: {', '.join([DEFAULT, *self.models])}")
        return self

    @property
    def fallbacks(self) -> list[str]:
        return [name.strip() for name in self.fallback.split(",") if name.strip()]

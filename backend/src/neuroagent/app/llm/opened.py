"""The models that the settings name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from openai import AsyncOpenAI
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from neuroagent.app.llm.builtin import builtin_model
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.settings import DEFAULT, LlmSettings, NamedModel

NO_KEY = "none"  # the client insists on one; an endpoint of one's own may ask for none


@dataclass(frozen=True)
class Models:
    """By the names under which people choose them; the default one is among them."""

    named: Mapping[str, ChatModel]

    @property
    def default(self) -> ChatModel:
        return self.named[DEFAULT]

    def chosen(self, name: str | None) -> ChatModel:
        """The default one, where none is named or what was named isn't there any more."""
        return self.named.get(name or DEFAULT, self.default)

    def names(self) -> str:
        return ", ".join(self.named)


def open_models(settings: LlmSettings) -> Models:
    """Each with those behind it that answer when it is away."""
    alone = {DEFAULT: open_model(settings)}
    alone |= {name: _opened(named, settings) for name, named in settings.models.items()}
    return Models({name: _with_rest(name, alone, settings.fallbacks) for name in alone})


def open_model(settings: LlmSettings) -> ChatModel:
    """The default one; nothing is connected before it is asked for the first time."""
    if not settings.base_url:
        return builtin_model()
    given = {"base_url": settings.base_url, "model": settings.model, "api_key": settings.api_key}
    return replace(_opened(NamedModel.model_validate(given), settings), price=settings.price)


def _opened(named: NamedModel, settings: LlmSettings) -> ChatModel:
    key = named.api_key.get_secret_value() if named.api_key else NO_KEY
    client = AsyncOpenAI(base_url=named.base_url, api_key=key, timeout=settings.timeout, max_retries=settings.retries)
    model = OpenAIChatModel(named.model, provider=OpenAIProvider(openai_client=client))
    return ChatModel(named.model, model, can_think=True)


def _with_rest(name: str, alone: Mapping[str, ChatModel], fallbacks: list[str]) -> ChatModel:
    rest = tuple(alone[one] for one in dict.fromkeys(fallbacks) if one != name)
    return replace(alone[name], rest=rest)

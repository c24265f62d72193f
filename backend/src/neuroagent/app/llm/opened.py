"""The model that the settings name."""

from openai import AsyncOpenAI
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from neuroagent.app.llm.builtin import builtin_model
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.settings import LlmSettings

NO_KEY = "none"  # the client insists on one; an endpoint of one's own may ask for none


def open_model(settings: LlmSettings) -> ChatModel:
    """Nothing is connected before it is asked for the first time."""
    if not settings.base_url:
        return builtin_model()
    key = settings.api_key.get_secret_value() if settings.api_key else NO_KEY
    client = AsyncOpenAI(
        base_url=settings.base_url, api_key=key, timeout=settings.timeout, max_retries=settings.retries
    )
    model = OpenAIChatModel(settings.model, provider=OpenAIProvider(openai_client=client))
    return ChatModel(settings.model, model, settings.price, can_think=True)

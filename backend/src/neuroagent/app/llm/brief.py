"""A small thing asked of a language model beside the conversation, answered in a form, or not at all."""

import asyncio
import logging
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior, UserError
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from neuroagent.app.llm.model import ChatModel

MOST_TOKENS: Final = 200
PATIENCE: Final = 10.0  # seconds; nobody is to wait long for what is only nice to have
LONGEST: Final = 4_000  # characters of the conversation that it reads

Form = TypeVar("Form", bound=BaseModel)
logger = logging.getLogger(__name__)


async def brief(model: ChatModel, wish: str, about: str, form: type[Form]) -> Form | None:
    """`wish` is ours, `about` what people and tools have said: material, and no instruction."""
    if not model.can_think:
        return None
    asked = ModelRequest(parts=[UserPromptPart(about[:LONGEST])], instructions=wish)
    tool = ToolDefinition(name="answer", description=wish, parameters_json_schema=form.model_json_schema())
    how = ModelRequestParameters(output_tools=[tool], output_mode="tool", allow_text_output=False)
    settings = ModelSettings(max_tokens=MOST_TOKENS)
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await model_request(model.model, [asked], model_settings=settings, model_request_parameters=how)
    except (ModelAPIError, UnexpectedModelBehavior, UserError, TimeoutError) as error:
        logger.info("llm.no_brief_answer", extra={"reason": type(error).__name__})
        return None
    return _read(answer, form)


def _read(answer: ModelResponse, form: type[Form]) -> Form | None:
    """As the tool's arguments, or as JSON in the text of a model that doesn't call tools."""
    for part in answer.parts:
        try:
            if isinstance(part, ToolCallPart):
                return form.model_validate(part.args_as_dict())
            if isinstance(part, TextPart):
                return form.model_validate_json(part.content.strip("` \n").removeprefix("json"))
        except (ValidationError, ValueError, AssertionError):
            continue
    return None

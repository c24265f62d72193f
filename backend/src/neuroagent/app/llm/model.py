"""The one place that knows the agent library: a history goes in, speech comes out, piece by piece."""

import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import JsonValue
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UnexpectedModelBehavior, UserError
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.tools import ToolDefinition

from neuroagent.app.llm.price import Price
from neuroagent.app.llm.speech import Answered, Call, CallBegun, CallWritten, Offer, PartEnded, Reply, Said, Speech

OUTCOMES: Final[dict[str, Literal["success", "failed", "retried", "denied"]]] = {
    "done": "success",
    "failed": "failed",
    "mend": "retried",
    "denied": "denied",
}

logger = logging.getLogger(__name__)


class ModelAway(Exception):
    """The model didn't answer, or not in a way that can be read; the message is for the person."""


@dataclass(frozen=True)
class ChatModel:
    """`can_think`: it is a language model, and not the built-in one; `rest` answer in its place when it is away."""

    name: str
    model: Model
    price: Price | None = None
    can_think: bool = False
    rest: tuple["ChatModel", ...] = ()

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """None: nobody has said what it takes."""
        return self.price.of(tokens_in, tokens_out) if self.price else None

    async def replies(
        self, history: Sequence[JsonValue], instructions: str, offers: Sequence[Offer]
    ) -> AsyncGenerator[Speech]:
        """What it says to a history, and at last the whole as a Reply; who has begun to speak isn't replaced."""
        *others, last = (self, *self.rest)
        for model in others:
            has_spoken = False
            try:
                async for piece in model.replies_alone(history, instructions, offers):
                    has_spoken = True
                    yield piece
            except ModelAway as away:
                if has_spoken:
                    raise
                logger.warning("model.away", extra={"model": model.name, "reason": str(away)})
            else:
                return
        async for piece in last.replies_alone(history, instructions, offers):
            yield piece

    async def replies_alone(
        self, history: Sequence[JsonValue], instructions: str, offers: Sequence[Offer]
    ) -> AsyncGenerator[Speech]:
        try:
            async with self._asked(history, instructions, offers) as answer:
                async for event in answer:
                    for piece in _heard(event):
                        yield piece
                yield _reply(answer.get(), self.name)
        except ModelHTTPError as error:
            raise ModelAway(f"The model {self.name!r} answered with status {error.status_code}.") from error
        except (ModelAPIError, UnexpectedModelBehavior, UserError) as error:
            raise ModelAway(f"The model {self.name!r} can't be reached, or answers what nobody can read.") from error

    def _asked(
        self, history: Sequence[JsonValue], instructions: str, offers: Sequence[Offer]
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        messages = ModelMessagesTypeAdapter.validate_python(list(history))
        if isinstance(last := messages[-1], ModelRequest):
            last.instructions = instructions
        tools = [
            ToolDefinition(name=one.name, description=one.description, parameters_json_schema=one.schema)
            for one in offers
        ]
        return model_request_stream(
            self.model, messages, model_request_parameters=ModelRequestParameters(function_tools=tools)
        )


def from_person(text: str) -> JsonValue:
    """A person's words, as the history keeps them."""
    return _kept(ModelRequest(parts=[UserPromptPart(text)]))


def from_client(text: str) -> JsonValue:
    """What a client tells the model about its part, as the history keeps it."""
    return _kept(ModelRequest(parts=[SystemPromptPart(text)]))


def from_tools(answers: Sequence[Answered]) -> JsonValue:
    """What came of the calls of one reply, as the history keeps it."""
    return _kept(ModelRequest(parts=[_answer(one) for one in answers]))


def from_nobody(text: str) -> JsonValue:
    """An answer that no model of ours gave: what was there of one that was stopped, or what a client says was said."""
    return _kept(ModelResponse(parts=[TextPart(text)]))


def _answer(answered: Answered) -> ToolReturnPart:
    call = answered.call
    return ToolReturnPart(call.tool, answered.text, tool_call_id=call.id, outcome=OUTCOMES[answered.outcome])


def _heard(event: ModelResponseStreamEvent) -> Iterator[Speech]:
    match event:
        case PartStartEvent(index=place, part=ToolCallPart() as call):
            yield CallBegun(place, call.tool_name)
            if call.args:
                yield CallWritten(place, _written(call))
        case PartStartEvent(index=place, part=TextPart(content=text)):
            yield Said(place, "text", text)
        case PartStartEvent(index=place, part=ThinkingPart(content=text)):
            yield Said(place, "thought", text)
        case PartDeltaEvent(index=place, delta=TextPartDelta(content_delta=text)):
            yield Said(place, "text", text)
        case PartDeltaEvent(index=place, delta=ThinkingPartDelta(content_delta=str(text))):
            yield Said(place, "thought", text)
        case PartDeltaEvent(index=place, delta=ToolCallPartDelta(args_delta=str(text))):
            yield CallWritten(place, text)
        case PartEndEvent(index=place):
            yield PartEnded(place)


def calls_of(entry: JsonValue) -> tuple[Call, ...]:
    """The calls of a reply that was kept."""
    [message] = ModelMessagesTypeAdapter.validate_python([entry])
    return _calls(message) if isinstance(message, ModelResponse) else ()


def _calls(response: ModelResponse) -> tuple[Call, ...]:
    return tuple(
        Call(part.tool_call_id, part.tool_name, _written(part))
        for part in response.parts
        if isinstance(part, ToolCallPart)
    )


def _written(call: ToolCallPart) -> str:
    """As the model wrote it: the library's own spelling stands in for what isn't JSON yet."""
    return call.args if isinstance(call.args, str) else call.args_as_json_str()


def _reply(response: ModelResponse, model: str) -> Reply:
    usage = response.usage
    return Reply(_kept(response), _calls(response), model, usage.input_tokens, usage.output_tokens)


def _kept(message: ModelMessage) -> JsonValue:
    kept: list[JsonValue] = ModelMessagesTypeAdapter.dump_python([message], mode="json")
    return kept[0]

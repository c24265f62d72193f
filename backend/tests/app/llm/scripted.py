"""A model that says what a test wants, through the very path that every model takes."""

from collections.abc import AsyncIterator, Callable, Sequence

from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

from neuroagent.app.llm.model import ChatModel

Line = str | dict[int, DeltaToolCall]
Script = Callable[[list[ModelMessage]], Sequence[Line]]


def scripted(
    *replies: Sequence[Line] | Exception, listener: Callable[[list[ModelMessage]], None] = lambda _: None
) -> ChatModel:
    """The n-th reply is the n-th that it is asked for, counted by what the history holds already."""

    async def say(messages: list[ModelMessage], _: AgentInfo) -> AsyncIterator[Line]:
        listener(messages)
        asked = [message.kind for message in messages].count("response")
        reply = replies[asked]
        if isinstance(reply, Exception):
            raise reply
        for line in reply:
            yield line

    return ChatModel("scripted", FunctionModel(stream_function=say, model_name="scripted"))


def call(tool: str, arguments: str, place: int = 0) -> Line:
    return {place: DeltaToolCall(name=tool, json_args=arguments, tool_call_id=f"c{place}")}

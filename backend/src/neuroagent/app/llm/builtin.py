"""The built-in model: no network, no guessing; it runs what it is told to run, and says honestly what it is."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_ai.messages import ModelMessage, ModelRequest, ToolReturnPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

from neuroagent.app.llm.model import ChatModel

NAME: Final = "built-in"
BLOCK: Final = re.compile(r"```(?:python|py)\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
COMMAND: Final = re.compile(r"^/([a-z][a-z0-9_]*)(?:\s+(.*))?$", re.DOTALL)
WORDS: Final = re.compile(r"\S*\s*")
PYTHON: Final = "run_python"
CIRCUIT: Final = "talk_to_df"

HELP: Final = """\
I am the built-in model: no language model is connected, so I can't chat, but I can run things.

- Python: write `/python` and a script after it, or send a block fenced as ```` ```python ````.
- A tool by name: `/name {"argument": "value"}`. There are: TOOLS.

To connect a language model, set `NEUROAGENT_LLM__BASE_URL`, `NEUROAGENT_LLM__MODEL` and, where it asks for one, \
`NEUROAGENT_LLM__API_KEY`, and start the app again. Any endpoint that speaks the OpenAI API will do."""


@dataclass(frozen=True)
class Wish:
    """A tool that the person wants called."""

    tool: str
    arguments: str


def builtin_model() -> ChatModel:
    return ChatModel(NAME, FunctionModel(stream_function=_say, model_name=NAME))


async def _say(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | dict[int, DeltaToolCall]]:
    tools = [tool.name for tool in info.function_tools]
    last = messages[-1]
    answers = [part for part in last.parts if isinstance(part, ToolReturnPart)]
    if isinstance(last, ModelRequest) and answers:
        for word in _words("\n\n".join(map(_told, answers))):
            yield word
        return
    wishes, answer = wished(_question(messages), tools)
    for word in _words(answer):
        yield word
    for place, wish in enumerate(wishes):
        yield {place: DeltaToolCall(name=wish.tool, tool_call_id=f"call_{len(messages)}_{place}")}
        for piece in _pieces(wish.arguments):
            yield {place: DeltaToolCall(json_args=piece)}


def wished(question: str, tools: Sequence[str]) -> tuple[list[Wish], str]:
    """The tools to call, and the words to say first; without a wish, the words say what can be done."""
    text = question.strip()
    command = COMMAND.match(text)
    if command and command[1] == "python":
        return _python(BLOCK.findall(text) or [command[2] or ""], tools)
    if command and command[1] in tools:
        return [Wish(command[1], command[2] or "{}")], ""
    if command:
        return [], f"There is no tool `{command[1]}` here.\n\n{_help(tools)}"
    if blocks := BLOCK.findall(text):
        return _python(blocks, tools)
    if CIRCUIT in tools and text.endswith("?"):
        return [Wish(CIRCUIT, json.dumps({"question": text}))], ""
    return [], _help(tools)


def _python(scripts: Sequence[str], tools: Sequence[str]) -> tuple[list[Wish], str]:
    if PYTHON not in tools:
        return [], f"Python can't be run in this thread: the tool `{PYTHON}` isn't among its tools."
    if not any(script.strip() for script in scripts):
        return [], "There is nothing to run: write a script after `/python`."
    return [Wish(PYTHON, json.dumps({"python_script": script})) for script in scripts], ""


def _help(tools: Sequence[str]) -> str:
    return HELP.replace("TOOLS", ", ".join(f"`{tool}`" for tool in tools) or "none")


def _told(answer: ToolReturnPart) -> str:
    text = str(answer.content)
    if answer.outcome == "retried":
        return f"`{answer.tool_name}` could not be called like that: {text}"
    return text if answer.outcome == "success" else f"`{answer.tool_name}` gave no answer: {text}"


def _question(messages: Sequence[ModelMessage]) -> str:
    for message in reversed(messages):
        for part in reversed(message.parts):
            if isinstance(part, UserPromptPart):
                return part.content if isinstance(part.content, str) else ""
    return ""


def _words(text: str) -> Iterator[str]:
    return (word for word in WORDS.findall(text) if word)


def _pieces(text: str, size: int = 200) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))

"""The built-in model: no network, no guessing; it runs what it is told to run, and says honestly what it is."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_ai.messages import ModelMessage, ModelRequest, ToolReturnPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

from neuroagent.app.llm.asking import is_question
from neuroagent.app.llm.at_hand import CircuitsAtHand, circuits_in
from neuroagent.app.llm.model import ChatModel
from neuroagent.app.llm.speech import FOR_THE_MODEL

NAME: Final = "built-in"
BLOCK: Final = re.compile(r"```(?:python|py)\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
COMMAND: Final = re.compile(r"^/([a-z][a-z0-9_]*)(?:\s+(.*))?$", re.DOTALL)
WORDS: Final = re.compile(r"\S*\s*")
PYTHON: Final = "run_python"
CIRCUIT: Final = "talk_to_df"
ASKING: Final = ("circuit", "ask")

HELP: Final = """\
I am the built-in model: no language model is connected, so I can't chat, but I can run things.

- Python: write `/python` and a script after it, or send a block fenced as ```` ```python ````.
- A tool by name: `/name {"argument": "value"}`. There are: TOOLS.
CIRCUITS
To connect a language model, set `NEUROAGENT_LLM__BASE_URL`, `NEUROAGENT_LLM__MODEL` and, where it asks for one, \
`NEUROAGENT_LLM__API_KEY`, and start the app again. Any endpoint that speaks the OpenAI API will do."""
UPLOAD: Final = """\
Questions to a circuit or a table: upload one first (a SONATA archive, Parquet, CSV or Arrow), then ask in plain words.

```sh
curl -H "Authorization: Bearer $TOKEN" -T table.csv -X POST "http://127.0.0.1:8078/api/circuits/upload?name=table.csv"
```"""


NOTHING: Final = CircuitsAtHand()


@dataclass(frozen=True)
class Wish:
    """A tool that the person wants called."""

    tool: str
    arguments: str


@dataclass(frozen=True)
class Place:
    """Where it was asked: the tools there, the circuits at hand, and whether one of them was asked before."""

    tools: Sequence[str]
    circuits: CircuitsAtHand = NOTHING
    has_asked: bool = False

    @property
    def has_circuit(self) -> bool:
        return CIRCUIT in self.tools and bool(self.circuits.names)


def builtin_model() -> ChatModel:
    return ChatModel(NAME, FunctionModel(stream_function=_say, model_name=NAME))


async def _say(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | dict[int, DeltaToolCall]]:
    last = messages[-1]
    answers = [part for part in last.parts if isinstance(part, ToolReturnPart)]
    if isinstance(last, ModelRequest) and answers:
        for word in _words("\n\n".join(map(_told, answers))):
            yield word
        return
    wishes, answer = wished(_question(messages), _place(messages, info))
    for word in _words(answer):
        yield word
    for place, wish in enumerate(wishes):
        yield {place: DeltaToolCall(name=wish.tool, tool_call_id=f"call_{len(messages)}_{place}")}
        for piece in _pieces(wish.arguments):
            yield {place: DeltaToolCall(json_args=piece)}


def wished(question: str, place: Place) -> tuple[list[Wish], str]:
    """The tools to call, and the words to say first; without a wish, the words say what can be done."""
    text = question.strip()
    if command := COMMAND.match(text):
        return _commanded(command[1], command[2] or "", place)
    if blocks := BLOCK.findall(text):
        return _python(blocks, place.tools)
    if place.has_circuit and is_question(text, goes_on=place.has_asked):
        return _asked(text, place)
    return [], _help(place)


def _commanded(name: str, rest: str, place: Place) -> tuple[list[Wish], str]:
    if name == "python":
        return _python(BLOCK.findall(rest) or [rest], place.tools)
    if name in ASKING and name not in place.tools:
        return _asked(rest.strip(), place)
    if name in place.tools:
        return [Wish(name, rest or "{}")], ""
    return [], f"There is no tool `{name}` here.\n\n{_help(place)}"


def _asked(question: str, place: Place) -> tuple[list[Wish], str]:
    if CIRCUIT not in place.tools:
        return [], f"Circuits can't be asked in this thread: the tool `{CIRCUIT}` isn't among its tools."
    if not place.circuits.names:
        return [], f"There is no circuit yet. {UPLOAD}"
    if not question:
        return [], f"There is no question: write one after `/circuit`.\n\n{_examples(place.circuits)}"
    return [Wish(CIRCUIT, json.dumps({"question": question}))], ""


def _python(scripts: Sequence[str], tools: Sequence[str]) -> tuple[list[Wish], str]:
    if PYTHON not in tools:
        return [], f"Python can't be run in this thread: the tool `{PYTHON}` isn't among its tools."
    if not any(script.strip() for script in scripts):
        return [], "There is nothing to run: write a script after `/python`."
    return [Wish(PYTHON, json.dumps({"python_script": script})) for script in scripts], ""


def _help(place: Place) -> str:
    tools = ", ".join(f"`{tool}`" for tool in place.tools) or "none"
    circuits = _examples(place.circuits) if place.has_circuit else UPLOAD
    told = f"- {circuits}\n" if CIRCUIT in place.tools else ""
    return HELP.replace("TOOLS", tools).replace("CIRCUITS", told)


def _examples(circuits: CircuitsAtHand) -> str:
    """Questions that work on this very circuit, where it has been described."""
    name = _line(next(iter(circuits.names))).replace("`", "'")
    asked = f"Questions to your circuit `{name}` in plain words, if need be with `/circuit` before them"
    works = "\n".join(f"  - {_line(one)}" for one in circuits.works)
    return f"{asked}; for example:\n{works}" if works else f"{asked}."


def _line(text: str) -> str:
    return " ".join(text.split())


def _place(messages: Sequence[ModelMessage], info: AgentInfo) -> Place:
    returns = (part for message in messages for part in message.parts if isinstance(part, ToolReturnPart))
    return Place(
        [tool.name for tool in info.function_tools],
        circuits_in(info.instructions or ""),
        any(part.tool_name == CIRCUIT for part in returns),
    )


def _told(answer: ToolReturnPart) -> str:
    text = str(answer.content)
    if answer.outcome == "retried":
        return f"`{answer.tool_name}` could not be called like that: {text}"
    if answer.outcome == "success":
        return text.partition(FOR_THE_MODEL)[0]
    return f"`{answer.tool_name}` gave no answer: {text}"


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

"""The circuit family's tool: a question in plain words to a circuit or a table of the person's."""

import json
from typing import Final

from pydantic import Field, JsonValue

from neuroagent.app.circuits.at_hand import AtHand
from neuroagent.app.circuits.schemas import Asking
from neuroagent.app.errors import InvalidInput
from neuroagent.app.llm.speech import FOR_THE_MODEL
from neuroagent.app.tools.base import Arguments, Tool, ToolContext
from neuroagent.task_schemas.circuit import TALK_TO_DF, TalkToDfInput, TalkToDfOutput

NAME: Final = "talk_to_df"
MOST_ROWS: Final = 20  # that the model reads
LONGEST_CELL: Final = 80
LONGEST_TEXT: Final = 600
LONGEST_ROWS: Final = 4_000


class TalkToDfArguments(Arguments):
    question: str = Field(
        min_length=1, max_length=2_000, description="In plain words; `and only in layer 5?` goes on with the last one."
    )
    circuit: str = Field("", max_length=200, description="A circuit's name or id; empty: this thread's, or the newest.")
    population: str = Field("", max_length=500, description="Empty: the one there is, or the largest.")


async def _job(given: TalkToDfArguments, context: ToolContext) -> TalkToDfInput:
    if context.circuits is None:
        raise InvalidInput("Circuits can't be asked from here; ask at POST /api/circuits/{id}/questions.")
    row = await AtHand(context.circuits, context.owner, context.circuit).named(given.circuit)
    asking = Asking(
        question=given.question, population=given.population, after=context.last.get(NAME), file_format="csv"
    )
    return await context.circuits.question(row, asking)


def _told(came: TalkToDfOutput) -> str:
    """First what a person would be told, then what a model needs; each line ours, whatever the file says."""
    if came.outcome != "answered":
        return _question_back(came)
    told = [f"{_of(came)}{_line(came.sentence)}", f"Read as: {_line(came.reading).rstrip('.')}."]
    return "\n\n".join(told) + f"{FOR_THE_MODEL}{_rows(came)}"


def _question_back(came: TalkToDfOutput) -> str:
    told = [f"{_of(came)}{_line(came.sentence)}"]
    if came.choices:
        told.append("Which is meant? Ask one of these:")
        told += [f"- {_line(choice.question)} ({_line(choice.label)})" for choice in came.choices]
    elif came.suggestions:
        told.append("Questions that work here:")
        told += [f"- {_line(one)}" for one in came.suggestions]
    return "\n".join(told)


def _of(came: TalkToDfOutput) -> str:
    if came.circuit is None:
        return ""
    population = f", {_line(came.population)}" if came.population else ""
    return f"**{_line(came.circuit.name)}**{population}: "


def _rows(came: TalkToDfOutput) -> str:
    """As data: JSON, so that no cell can end its line."""
    lines = [json.dumps({"columns": [_cell(name) for name in came.columns], "rows_in_all": came.row_count})]
    for row in came.rows[:MOST_ROWS]:
        lines.append(json.dumps([_cell(value) for value in row.values()], ensure_ascii=False))
        if sum(map(len, lines)) > LONGEST_ROWS:
            lines.pop()
            break
    shown = len(lines) - 1
    rest = "rows" if shown == came.row_count else f"first {shown:,} of {came.row_count:,} rows"
    return f"the answer's {rest} as data; the person sees the table{_and_chart(came)}.\n" + "\n".join(lines)


def _and_chart(came: TalkToDfOutput) -> str:
    return (" and a chart" if came.chart else "") + (" and can download all of it" if came.file else "")


def _cell(value: JsonValue) -> JsonValue:
    return value if isinstance(value, int | float | None) else str(value)[:LONGEST_CELL]


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]


TALK_TO_DF_TOOL = Tool(
    NAME,
    "Answers a question about a circuit or table of the person's: counts, statistics, lists, comparisons, as a table "
    "and a chart. Prefer it to Python for such questions.",
    TalkToDfArguments,
    TALK_TO_DF,
    _job,
    _told,
)

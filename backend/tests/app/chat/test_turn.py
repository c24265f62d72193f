"""The turn: ask the model, call its tools, repeat; with scripted models and a toolbox in memory."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from app.llm.scripted import Line, call, scripted
from pydantic_ai.exceptions import UnexpectedModelBehavior

from neuroagent.app.chat.progress import AnswerKept, Checkpoint, Progress
from neuroagent.app.chat.turn import Turn, TurnLimits
from neuroagent.app.chat.wire import Chunk, UiMessage
from neuroagent.app.llm.model import ModelAway, from_person
from neuroagent.app.llm.speech import Call, Offer

NAP = Offer("nap", "Sleeps.", {"type": "object"})


def slept(text: str = "slept") -> AnswerKept:
    return AnswerKept(text=text, outcome="done", output={"slept": True})


@dataclass
class Bench:
    """Tools that answer at once, and what happened."""

    answers: Callable[[Call], AnswerKept] = lambda _: slept()
    refuses: bool = False
    asked: list[str] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    ui: UiMessage = field(default_factory=UiMessage)
    kept: list[Checkpoint] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    dies_after: int = 1_000

    offers: Sequence[Offer] = (NAP,)

    async def ask(self, one: Call, call_id: str) -> AnswerKept | None:
        self.asked.append(call_id)
        return AnswerKept(text="mend it", outcome="mend") if self.refuses else None

    async def answer(self, one: Call, call_id: str) -> AnswerKept:
        await asyncio.sleep(0)
        self.waited.append(call_id)
        return self.answers(one)

    def say(self, chunk: Chunk) -> None:
        self.ui.add(chunk)
        self.chunks.append(chunk)

    async def keep(self) -> None:
        self.kept.append(Checkpoint.model_validate_json(self.progress.checkpoint(self.ui.parts).model_dump_json()))
        if len(self.kept) >= self.dies_after:
            raise asyncio.CancelledError

    def turn(self, *replies: Sequence[Line] | Exception, **limits: Any) -> Turn:
        return Turn(
            "r",
            scripted(*replies),
            "Be brief.",
            self,
            TurnLimits(**limits),
            [from_person("hi")],
            self.progress,
            self.say,
            self.keep,
        )

    @property
    def types(self) -> list[object]:
        return [chunk["type"] for chunk in self.chunks]


TWO_NAPS = [call("nap", "{}", 0), call("nap", "{}", 1)]


async def test_words_alone_are_one_step() -> None:
    bench = Bench()

    assert await bench.turn(["Hello ", "you."]).carried_out() == "stop"

    assert bench.types == ["start-step", "text-start", "text-delta", "text-delta", "text-end", "finish-step"]
    assert bench.kept[-1].steps == 1


async def test_tools_begin_in_order_and_their_answers_go_back_to_the_model() -> None:
    bench = Bench()

    assert await bench.turn(TWO_NAPS, ["Both slept."]).carried_out() == "stop"

    assert bench.asked == ["r-0-0", "r-0-1"] == sorted(bench.waited)
    assert [part["state"] for part in bench.ui.parts if part["type"] == "tool-nap"] == ["output-available"] * 2
    assert bench.ui.parts[-1]["text"] == "Both slept."
    assert [entry["kind"] for entry in bench.progress.exchange] == ["response", "request", "response"]  # type: ignore[index,call-overload]  # as kept


async def test_a_call_that_must_be_mended_is_told_to_both() -> None:
    bench = Bench(refuses=True)
    await bench.turn([call("nap", '{"seconds": ')], [call("nap", '{"x": 1}')], ["I give up."]).carried_out()

    assert bench.waited == []
    assert [part["state"] for part in bench.ui.parts if part["type"] == "tool-nap"] == ["output-error"] * 2
    assert "tool-input-error" in bench.types
    assert "tool-output-error" in bench.types


@pytest.mark.parametrize("dies_after", [1, 2, 3, 4, 5])
async def test_it_goes_on_from_any_step_and_asks_for_no_answer_twice(dies_after: int) -> None:
    first = Bench(dies_after=dies_after)
    script = (TWO_NAPS, ["Both slept."])
    with pytest.raises(asyncio.CancelledError):
        await first.turn(*script).carried_out()
    left = first.kept[-1]

    second = Bench(progress=Progress.after(left), ui=UiMessage(left.parts))
    await second.turn(*script).carried_out()

    known = set(left.answers) if left.steps else set()
    assert not known & set(second.asked)
    assert [part["state"] for part in second.ui.parts if part["type"] == "tool-nap"] == ["output-available"] * 2
    assert [part["text"] for part in second.ui.parts if part["type"] == "text"] == ["Both slept."]


@pytest.mark.parametrize(
    ("limits", "why", "asked"),
    [({"steps": 2}, "2 steps", 4), ({"tool_calls": 3}, "4 tool calls", 2), ({"tokens": 10}, "tokens", 2)],
)
async def test_limits_end_it_with_a_word(limits: dict[str, Any], why: str, asked: int) -> None:
    bench = Bench()

    assert await bench.turn(*[TWO_NAPS] * 9, **limits).carried_out() == "length"

    assert why in bench.ui.parts[-1]["text"]
    assert len(bench.asked) == asked


async def test_a_tool_that_breaks_leaves_the_others() -> None:
    def breaks(_: Call) -> AnswerKept:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await Bench(answers=breaks).turn(TWO_NAPS).carried_out()


async def test_a_model_that_is_away_ends_it() -> None:
    with pytest.raises(ModelAway):
        await Bench().turn(UnexpectedModelBehavior("?")).carried_out()

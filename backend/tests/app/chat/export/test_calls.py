"""Calls as text: nothing that is in them ends their fence."""

from typing import Any

import pytest
from app.chat.tellings import QUIET, ran

from neuroagent.app.chat.export.calls import LONGEST, asked, came, fenced, figure_names, name_of, script_of, value_text
from neuroagent.task_schemas.python import Figure, ScriptError, Value


def call(script: str = "x", **output: Any) -> dict[str, Any]:
    return ran(script, **output)[1]


@pytest.mark.parametrize("text", ["a", "```", "a\n````\nb", "`" * 50])
def test_a_fence_is_longer_than_any_inside(text: str) -> None:
    first, *inside, last = fenced(text, "python").split("\n")

    assert first == f"{last}python"
    assert "\n".join(inside) == text
    assert last not in text


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert "[… 5 characters left out]" in fenced("x" * (LONGEST + 5))


def test_a_script_is_python_and_all_else_is_json() -> None:
    other = {"type": "tool-check_worker", "input": {"store": True}, "state": "output-available", "output": {"ok": 1}}

    assert (script_of(call("1 + 1")), script_of(other), name_of(other)) == ("1 + 1", None, "check_worker")
    assert asked(call("1 + 1")) == "```python\n1 + 1\n```"
    assert '"store": true' in asked(other)
    assert '"ok": 1' in came(other)


def test_output_value_error_and_figures_of_a_script_are_told() -> None:
    error = ScriptError(type="ValueError", message="no", traceback="line 1\nValueError: no")
    told = came(
        call(stdout="out\n", stderr="err\n", value=Value(json_value=6), error=error, figures=(Figure(kind="plotly"),))
    )

    for said in ("out", "err", "6", "ValueError: no", "Figures: 1."):
        assert said in told


def test_a_script_that_says_nothing_is_said_to() -> None:
    assert came(call()) == "It ran, and said nothing."


def test_a_call_that_failed_tells_why() -> None:
    assert came({"type": "tool-x", "state": "output-error", "errorText": "The worker died."}) == (
        "```text\nThe worker died.\n```"
    )


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (Value(json_value=[1, "é"]), '[1, "é"]'), (Value(text="<object>"), "<object>")]
)
def test_a_value_is_its_json_or_its_repr(value: Value | None, text: str) -> None:
    assert value_text(QUIET.model_copy(update={"value": value}).model_dump(mode="json")) == text


def test_odd_outputs_have_no_figures() -> None:
    assert figure_names({"figures": [None, {"files": [3]}, {}]}) == []

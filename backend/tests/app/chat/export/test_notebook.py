"""A notebook that Jupyter's own library finds valid, with what ran in its cells."""

from base64 import b64decode
from typing import Any

import nbformat
import pytest
from app.chat.tellings import message, ran, rows, stored, text, thread

from neuroagent.app.chat.export.conversation import Conversation
from neuroagent.app.chat.export.notebook import PLOTLY, as_notebook
from neuroagent.task_schemas.python import Figure, ScriptError, Value

BARS = {"data": [{"type": "bar", "y": [3, 1]}], "layout": {}}
PNG, LARGE = stored("figure-1.png"), stored("figure-2.json", "application/json")
FIGURES = (
    Figure(kind="plotly", plotly=BARS),
    Figure(kind="plotly", files=(LARGE,)),
    Figure(kind="matplotlib", files=(PNG, stored("figure-1.svg", "image/svg+xml"))),
)
BYTES = {PNG.key: b"png", LARGE.key: b'{"data": []}'}


def notebook(*parts: dict[str, Any], figures: dict[str, bytes] | None = None) -> dict[str, Any]:
    branch = rows(message("How many?"), message([*parts], "a1", role="assistant"))
    made = as_notebook(Conversation(thread(), branch, branch, figures=figures or {}))
    nbformat.validate(made, version=4, version_minor=5)
    return made


def code(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in made["cells"] if cell["cell_type"] == "code"]


def test_scripts_are_cells_and_words_stand_around_them() -> None:
    made = notebook(text("Let me see."), *ran("6 * 7"), text("42."))

    sources = [cell["source"] for cell in made["cells"]]
    assert sources[0] == "# Layer 5"
    assert sources[2] == "How many?"
    assert sources[4:] == ["Let me see.", "6 * 7", "42."]
    assert [cell["source"] for cell in code(made)] == ["6 * 7"]


def test_output_value_and_error_are_what_jupyter_would_show() -> None:
    error = ScriptError(type="ValueError", message="no", traceback="line 1\nValueError: no")

    [cell] = code(notebook(*ran("x", stdout="out", stderr="err", value=Value(json_value=6), error=error)))

    assert [output["output_type"] for output in cell["outputs"]] == ["stream", "stream", "execute_result", "error"]
    assert [output.get("name") for output in cell["outputs"][:2]] == ["stdout", "stderr"]
    assert cell["outputs"][2]["data"] == {"text/plain": "6"}
    assert cell["outputs"][2]["execution_count"] == cell["execution_count"] == 1
    assert cell["outputs"][3]["traceback"] == ["line 1", "ValueError: no"]


def test_figures_are_drawn_plotly_s_from_its_data_and_matplotlib_s_as_a_picture() -> None:
    [cell] = code(notebook(*ran("plot()", figures=FIGURES), figures=BYTES))

    small, large, picture = (output["data"] for output in cell["outputs"])
    assert small == {PLOTLY: BARS}
    assert large == {PLOTLY: {"data": []}}
    assert b64decode(picture["image/png"]) == b"png"


def test_a_figure_whose_bytes_are_gone_is_left_out() -> None:
    [cell] = code(notebook(*ran("plot()", figures=FIGURES)))

    assert len(cell["outputs"]) == 1


@pytest.mark.parametrize(
    "part",
    [
        {"type": "tool-run_python", "state": "output-error", "input": {"python_script": "x"}, "errorText": "died"},
        {"type": "tool-run_python", "state": "output-available", "input": {"python_script": "x"}, "output": None},
        {"type": "tool-run_python", "state": "output-available", "input": {"python_script": "x"}, "output": {}},
        {"type": "tool-check_worker", "state": "output-available", "input": {}, "output": {"a": 1}},
        {"type": "data-tool", "id": "x", "data": {}},
    ],
)
def test_whatever_happened_the_notebook_is_one(part: dict[str, Any]) -> None:
    assert notebook(part, *ran("1"))


def test_cells_are_counted_and_named_apart() -> None:
    made = notebook(*ran("1"), *ran("2"))

    assert [cell["execution_count"] for cell in code(made)] == [1, 2]
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])

"""A conversation as a Jupyter notebook: its code cells are the scripts that ran, its text the words around them."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final

from neuroagent.app.chat.export.calls import name_of, script_of, value_text
from neuroagent.app.chat.export.conversation import Conversation, parts_of
from neuroagent.app.chat.export.markdown import folded, heading
from neuroagent.app.chat.files.made import stored_in
from neuroagent.app.chat.models import MessageRow

PLOTLY: Final = "application/vnd.plotly.v1+json"
KERNEL: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
Cell = dict[str, Any]


def as_notebook(conversation: Conversation) -> dict[str, Any]:
    """Format 4.5."""
    cells = [_text(f"# {conversation.title}")]
    for message in conversation.branch:
        cells += _cells(message, conversation.figures)
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
    _number([cell for cell in cells if cell["cell_type"] == "code"])
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {**KERNEL, "title": conversation.title}, "cells": cells}


def _cells(message: MessageRow, figures: Mapping[str, bytes]) -> Iterator[Cell]:
    yield _text(heading(message))
    for part in parts_of(message):
        kind = str(part.get("type"))
        if kind == "text" and str(part.get("text", "")).strip():
            yield _text(str(part["text"]).strip())
        elif kind.startswith("tool-") and (script := script_of(part)) is not None:
            outputs = list(_outputs(part, figures))
            yield {"cell_type": "code", "metadata": {}, "source": script, "execution_count": None, "outputs": outputs}
        elif kind.startswith("tool-"):
            yield _text(f"`{name_of(part)}`\n\n{folded(part)}")


def _text(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _number(code: list[Cell]) -> None:
    for count, cell in enumerate(code, 1):
        cell["execution_count"] = count
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count


def _outputs(call: Mapping[str, Any], figures: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    output = call.get("output")
    if call.get("state") != "output-available" or not isinstance(output, dict):
        yield _error("NotRun", str(call.get("errorText") or "It has not ended."), [])
        return
    for stream in ("stdout", "stderr"):
        if text := str(output.get(stream) or ""):
            yield {"output_type": "stream", "name": stream, "text": text}
    for figure in output.get("figures") or []:
        if data := _shown(figure, figures):
            yield {"output_type": "display_data", "metadata": {}, "data": data}
    if text := value_text(output):
        data = {"text/plain": text}
        yield {"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": None}
    if isinstance(error := output.get("error"), dict):
        lines = str(error.get("traceback") or "").splitlines()
        yield _error(str(error.get("type")), str(error.get("message")), lines)


def _error(name: str, value: str, traceback: list[str]) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}


def _shown(figure: Any, figures: Mapping[str, bytes]) -> dict[str, Any]:
    """Plotly's as it is drawn anew, Matplotlib's as a picture; nothing, where its bytes are gone."""
    if not isinstance(figure, dict):
        return {}
    data: dict[str, Any] = {}
    if isinstance(plotly := figure.get("plotly"), dict):
        data[PLOTLY] = plotly
    for file in stored_in(figure.get("files")):
        content = figures.get(file.key)
        if content is not None and file.media_type == "image/png":
            data["image/png"] = b64encode(content).decode()
        elif content is not None and isinstance(plotly := json.loads(content), dict):
            data[PLOTLY] = plotly
    return data

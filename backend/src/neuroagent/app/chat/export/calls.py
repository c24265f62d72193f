"""What a tool's call was asked and what came of it, as text in fences that nothing inside can end."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

LONGEST: Final = 20_000  # characters of one piece
_ticks: Final = re.compile(r"`{3,}")


def name_of(call: Mapping[str, Any]) -> str:
    return str(call["type"]).removeprefix("tool-")


def script_of(call: Mapping[str, Any]) -> str | None:
    """The Python that ran; None: the call was another kind of work."""
    given = call.get("input")
    script = given.get("python_script") if isinstance(given, dict) else None
    return script if isinstance(script, str) else None


def fenced(text: str, language: str = "") -> str:
    kept = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n[… {len(text) - LONGEST} characters left out]"
    longest = max((len(run) for run in _ticks.findall(kept)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{kept.rstrip()}\n{fence}"


def asked(call: Mapping[str, Any]) -> str:
    if (script := script_of(call)) is not None:
        return fenced(script, "python")
    return fenced(json.dumps(call.get("input"), indent=2, ensure_ascii=False), "json")


def came(call: Mapping[str, Any]) -> str:
    """What a reader of a text can use: output and value of a script, the words of an answer, else all of it."""
    if call.get("state") != "output-available":
        return fenced(str(call.get("errorText") or "It has not ended."), "text")
    output = call.get("output")
    if script_of(call) is not None and isinstance(output, dict):
        return _of_script(output)
    return fenced(json.dumps(output, indent=2, ensure_ascii=False), "json")


def value_text(output: Mapping[str, Any]) -> str:
    value = output.get("value")
    if not isinstance(value, dict):
        return ""
    text = value.get("text")
    return text if isinstance(text, str) else json.dumps(value.get("json_value"), ensure_ascii=False)


def figure_names(output: Mapping[str, Any]) -> list[str]:
    figures = [one for one in output.get("figures") or [] if isinstance(one, dict)]
    return [str(file.get("name")) for one in figures for file in one.get("files") or [] if isinstance(file, dict)]


def _of_script(output: Mapping[str, Any]) -> str:
    error = output.get("error")
    said = [str(output.get("stdout") or ""), str(output.get("stderr") or ""), value_text(output)]
    said += [str(error.get("traceback"))] if isinstance(error, dict) else []
    told = [fenced(one, "text") for one in said if one.strip()]
    figures = output.get("figures") or []
    names = ", ".join(figure_names(output))
    told += [f"Figures: {len(figures)}{f' ({names})' if names else ''}."] if figures else []
    return "\n\n".join(told) or "It ran, and said nothing."

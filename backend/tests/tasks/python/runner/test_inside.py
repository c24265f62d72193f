"""What runs inside the sandbox, around a person's script; whole scripts are tested in test_slot.py."""

import json

import pytest

from neuroagent.tasks.python.runner import inside


def raised(script: str) -> dict[str, object]:
    """As a script of a person that is run by code of ours."""
    try:
        exec(compile(script, "<script 7>", "exec"), {})
    except BaseException as error:  # noqa: BLE001 - whatever the script raises
        told: dict[str, object] = json.loads(inside._failed(error))
        return told
    raise AssertionError("the script raised nothing")


def test_a_traceback_holds_the_persons_lines_only() -> None:
    error = raised("import json\njson.loads('{')")["error"]

    assert isinstance(error, dict)
    assert error["line"] == 2
    assert "<script 7>" in error["traceback"]
    assert ".py" not in error["traceback"]


def test_causes_are_told_without_foreign_lines_too() -> None:
    script = "try:\n    import json\n    json.loads('{')\nexcept ValueError as e:\n    raise KeyError('k') from e"
    error = raised(script)["error"]

    assert isinstance(error, dict)
    assert "direct cause" in error["traceback"]
    assert ".py" not in error["traceback"]


@pytest.mark.parametrize("script", ["raise SystemExit", "raise SystemExit(0)", "import sys; sys.exit()"])
def test_leaving_is_no_error(script: str) -> None:
    assert raised(script) == {"value": None}


def test_an_error_whose_text_raises_is_told_nevertheless() -> None:
    script = "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E"
    error = raised(script)["error"]

    assert isinstance(error, dict)
    assert error["message"] == "<E whose text raises ValueError>"


def test_what_is_missing_is_named_by_its_package() -> None:
    assert raised("import nowhere_at_all.deep")["missing"] == "nowhere_at_all"


@pytest.mark.parametrize(
    ("script", "last"), [("1", "<value>"), ("x = 1", ""), ("1;", ""), ("", ""), ("def f(): 1", "")]
)
def test_only_a_last_expression_is_a_value(script: str, last: str) -> None:
    assert inside._compiled(script, "<script>")[1] == last

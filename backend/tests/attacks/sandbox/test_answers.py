"""A slot that lies, in every field of what it tells: the worker takes what fits, and ends the slot otherwise."""

import json
from typing import Any

import pytest
from tasks.python.conftest import keeping_report

from neuroagent.tasks.python.answer import Answer
from neuroagent.tasks.python.line import News, SlotBroken

GOOD = {"value": None}


def done(told: object, **details: Any) -> News:
    return News("done", {"event": "done", "id": 1, "milliseconds": 1, **details}, json.dumps(told).encode())


def made(**details: Any) -> News:
    return News(
        "made", {"event": "made", "id": 1, "kind": "file", "name": "x", "change": "created", **details}, b"content"
    )


REFUSED = {
    "no JSON": News("done", {"milliseconds": 1}, b"x"),
    "no UTF-8": News("done", {"milliseconds": 1}, b"\xff\xfe"),
    "nesting beyond measure": News("done", {"milliseconds": 1}, b"[" * 200_000),
    "numbers beyond measure": News("done", {"milliseconds": 1}, b'{"value": ' + b"9" * 100_000 + b"}"),
    "a list": done([]),
    "a text": done("done"),
    "a value that is a text": done({"value": "x"}),
    "a value with fields of its own": done({"value": {"text": "x", "status": "forged", "key": "stolen"}}),
    "an error that is a number": done({"error": 5}),
    "an error without a type": done({"error": {"message": "x"}}),
    "a time that is a text": done(GOOD, milliseconds="soon"),
    "a time before the start": done(GOOD, milliseconds=-1),
    "a time without end": done(GOOD, milliseconds=float("inf")),
    "a time that is no number": done(GOOD, milliseconds=float("nan")),
    "a file outside": made(name="../outside"),
    "a file with a full path": made(name="/etc/cron.d/evil"),
    "a file deep outside": made(name="a/b/../../../../c"),
    "a file without a name": made(name=""),
    "a file whose name is a number": made(name=5),
    "a file with a name without end": made(name="x" * 100_000),
}
TAKEN = {
    "an unknown event": News("evil", {"event": "evil"}, b""),
    "a figure with a name of its own": made(kind="figure", name="../../figure.svg"),
    "a figure of an unknown kind": made(kind="figure", name="0001.evil.exe"),
    "output of no stream": News("output", {"stream": "evil"}, b"x"),
    "output that is no text": News("output", {"stream": "stdout"}, b"\xff\xfe\x00" * 100),
    "output without end": News("output", {"stream": "stdout"}, b"x" * 5_000_000),
    "a missing module that is a path": done({**GOOD, "missing": "../../etc/passwd"}),
    "a missing module that is markup": done({**GOOD, "missing": "<script>"}),
    "a list of what was left that is none": done(GOOD, left="everything"),
    "a list of what was left without end": done(GOOD, left=["x" * 10_000] * 10_000),
}


def answer() -> Answer:
    return Answer(keeping_report([]), 10_000, lambda name: f"{name} is missing")


@pytest.mark.parametrize("lie", REFUSED)
def test_a_lie_ends_the_slot(lie: str) -> None:
    with pytest.raises(SlotBroken):
        answer().hear(REFUSED[lie])


@pytest.mark.parametrize("lie", TAKEN)
def test_a_lie_that_fits_changes_nothing_else(lie: str) -> None:
    heard = answer()

    heard.hear(TAKEN[lie])

    assert heard.files == []
    assert heard.figures == {}
    assert heard.missing == []
    assert len(heard.text("stdout")) + len(heard.text("stderr")) < 11_000
    assert sum(len(left) for left in heard.left_out) < 50_000

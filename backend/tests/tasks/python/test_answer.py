"""From what a slot tells to what a person is answered; nothing of it is believed without a look."""

import json
from typing import Any

import pytest
from tasks.python.conftest import keeping_report

from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.tasks.python.answer import INLINE, Answer
from neuroagent.tasks.python.line import News, SlotBroken


@pytest.fixture
def told() -> list[Progress | Log | Artifact]:
    return []


@pytest.fixture
def answer(told: list[Progress | Log | Artifact]) -> Answer:
    return Answer(keeping_report(told), 100, lambda module: f"get {module}")


def made(kind: str, name: str, payload: bytes, **more: Any) -> News:
    return News("made", {"kind": kind, "name": name, **more}, payload)


def done(outcome: Any, **more: Any) -> News:
    return News("done", {"milliseconds": 1.0, "interrupted": False, "left": [], **more}, json.dumps(outcome).encode())


def test_a_character_in_two_pieces_is_told_whole(answer: Answer) -> None:
    for piece in "ä€".encode():
        answer.hear(News("output", {"stream": "stdout"}, bytes([piece])))

    assert answer.text("stdout") == "ä€"
    assert [printed.text for printed in answer.printed] == ["ä€"]


def test_pieces_of_both_streams_stay_in_their_order(answer: Answer) -> None:
    for stream, text in (("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")):
        answer.hear(News("output", {"stream": stream}, text.encode()))

    assert [(one.stream, one.text) for one in answer.printed] == [("stdout", "ab"), ("stderr", "c"), ("stdout", "d")]


def test_output_beyond_the_limit_is_cut_once(answer: Answer) -> None:
    for _ in range(5):
        answer.hear(News("output", {"stream": "stdout"}, b"x" * 60))

    assert answer.text("stdout").startswith("x" * 100 + "\n[…")
    assert answer.text("stdout").count("cut here") == 1


def test_large_figures_travel_as_files(answer: Answer) -> None:
    answer.hear(made("figure", "0001.plotly.json", b'{"data": []}'))
    answer.hear(made("figure", "0002.plotly.json", b'"' + b"x" * INLINE + b'"'))

    assert answer.figures["0001"].plotly == {"data": []}
    assert [file.name for file in answer.figures["0002"].files] == ["figure-2.json"]


def test_a_drawing_has_its_two_forms_in_one_figure(answer: Answer) -> None:
    answer.hear(made("figure", "0001.matplotlib.png", b"png"))
    answer.hear(made("figure", "0001.matplotlib.svg", b"svg"))

    figure = answer.figures["0001"]
    assert (figure.kind, [file.media_type for file in figure.files]) == ("matplotlib", ["image/png", "image/svg+xml"])


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../b", ""])
def test_a_file_outside_its_home_breaks_the_slot(answer: Answer, name: str) -> None:
    with pytest.raises(SlotBroken):
        answer.hear(made("file", name, b""))


@pytest.mark.parametrize(
    "outcome",
    [[], 1, {"value": {"nonsense": 1}}, {"value": 5}, {"error": {"type": 1}}, {"error": []}],
)
def test_an_outcome_that_does_not_fit_breaks_the_slot(answer: Answer, outcome: Any) -> None:
    with pytest.raises(SlotBroken):
        answer.hear(done(outcome))


def test_a_missing_module_is_named_with_advice(answer: Answer) -> None:
    error = {"type": "ModuleNotFoundError", "message": "No module named 'x'", "traceback": "", "line": 1}
    answer.hear(done({"error": error, "missing": "x"}))

    assert [missing.advice for missing in answer.missing] == ["get x"]
    assert answer.error is not None
    assert answer.error.message == "No module named 'x': get x"


@pytest.mark.parametrize("name", ["x'; drop", 5, "a b", ""])
def test_a_name_that_is_none_is_left_alone(answer: Answer, name: Any) -> None:
    answer.hear(done({"value": None, "missing": name}))
    assert answer.missing == []


@pytest.mark.parametrize(
    ("event", "status"), [("terminated", "terminated"), ("killed", "killed"), ("broken", "crashed"), ("?", "crashed")]
)
def test_every_end_has_its_status(answer: Answer, event: str, status: str) -> None:
    answer.hear(News(event, {}, b""))
    assert answer.status == status

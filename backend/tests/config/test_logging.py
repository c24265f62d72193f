"""Logs: one line an event; colours for a person, JSON for a machine, secrets for nobody."""

import json
import logging
import warnings
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from neuroagent.config.logging import LoggingSettings, bound, configure_logging

SECRET = 'p@ss/"word"'


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_away_from_a_terminal_a_line_is_a_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings())

    logging.getLogger("here").info("task.ended", extra={"ending": "done"})

    line = json.loads(lines(capsys)[0])
    assert {"event": "task.ended", "level": "info", "logger": "here", "ending": "done"}.items() <= line.items()


def test_what_is_bound_stands_on_every_line_inside_and_on_none_after(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="json"))

    with bound(trace_id="t1"), bound(task_id="a"):
        logging.getLogger().warning("inside")
    logging.getLogger().warning("outside")

    inside, outside = map(json.loads, lines(capsys))
    assert (inside["trace_id"], inside["task_id"]) == ("t1", "a")
    assert "trace_id" not in outside


def test_the_console_shows_time_level_event_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="console"))

    logging.getLogger().warning("queue.left_alone", extra={"queue": "python_q", "reason": "no task for it"})

    assert lines(capsys)[0].split(maxsplit=1)[1] == 'WARNING queue.left_alone  queue=python_q reason="no task for it"'


def test_colours_come_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="console", colours=True))

    logging.getLogger().error("x")

    assert "\033[31mERROR" in lines(capsys)[0]


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("spelled", [SECRET, json.dumps(SECRET), quote(SECRET, safe=""), f"redis://:{quote(SECRET)}@h"])
def test_a_secret_is_hidden_however_it_is_spelled(form: str, spelled: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings.model_validate({"format": form}), [SECRET])

    logging.getLogger().info("connected to %s", spelled, extra={"url": spelled})

    said = "".join(lines(capsys))
    assert "***" in said
    assert "word" not in said


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_secret_in_a_traceback_is_hidden(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings.model_validate({"format": form}), ["hunter2hunter2"])

    trouble = ValueError("can't log in with hunter2hunter2")
    logging.getLogger().error("crashed", exc_info=trouble)

    said = "".join(lines(capsys))
    assert "can't log in with ***" in said


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_stranger_can_t_forge_a_line_or_move_the_cursor(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings.model_validate({"format": form}))

    logging.getLogger().info("upload", extra={"file": "x\n12:00:00 ERROR forged\033[2J\x9b2J"})

    said = lines(capsys)
    assert len(said) == 1
    assert said[0].isprintable()


def test_below_the_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(level="WARNING"))

    logging.getLogger().info("chatter")

    assert lines(capsys) == []


def test_noisy_libraries_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings())

    logging.getLogger("kombu.connection").info("chatter")
    logging.getLogger("kombu").warning("trouble")

    assert [json.loads(line)["event"] for line in lines(capsys)] == ["trouble"]


def test_a_warning_is_an_event_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LoggingSettings(format="json"))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)

    assert "old ways" in json.loads(lines(capsys)[0])["event"]

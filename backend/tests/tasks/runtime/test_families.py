"""Which families a worker serves: those of its queues, and what is not installed is said."""

import logging

import pytest

from neuroagent.task_schemas import QUEUES
from neuroagent.tasks.runtime import families


def test_without_a_word_every_installed_family_is_served() -> None:
    serving = families.serve([])

    assert serving.queues == QUEUES
    assert "system" in serving.families


def test_a_queue_brings_its_family() -> None:
    assert families.serve(["default_q"]) == families.Serving(("system",), ("default_q",))


def test_a_queue_that_no_task_is_written_for_is_left_alone_and_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    assert families.serve(["default_q", "nobody_q"]).queues == ("default_q",)
    assert "queue.left_alone" in caplog.text


def test_nothing_to_serve_is_an_error_that_names_what_there_is() -> None:
    with pytest.raises(families.NothingToServe, match=r"no task for nobody_q\. There are tasks for .*default_q"):
        families.serve(["nobody_q"])

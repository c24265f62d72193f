"""The workers' settings."""

from pathlib import Path

import pytest

from neuroagent.tasks.config import WorkerSettings


def test_queues_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TASKS_QUEUES", "default_q, python_q,")

    assert WorkerSettings.load(tmp_path).queue_names == ["default_q", "python_q"]


def test_no_queues_means_all_of_them(tmp_path: Path) -> None:
    assert WorkerSettings.load(tmp_path).queue_names == []

"""What a worker process keeps from question to question."""

from pathlib import Path

import pytest

from neuroagent.tasks.circuit import workshop as module
from neuroagent.tasks.circuit.contact import Population
from neuroagent.tasks.circuit.profile import Profile
from neuroagent.tasks.circuit.question.ask import Asked
from neuroagent.tasks.circuit.workshop import Workshop
from neuroagent.tasks.config import CircuitSettings


def population(content: str) -> Population:
    return Population(Path("x.parquet"), Profile("p", 0), was_cached=True, content=content)


def test_the_words_of_a_population_are_learned_once(workshop: Workshop) -> None:
    first = workshop.index(population("a"), {})

    assert workshop.index(population("a"), {}) is first
    assert workshop.index(population("a"), {"x": "y"}) is not first
    assert workshop.index(population("b"), {}) is not first


def test_it_never_keeps_more_than_a_few(workshop: Workshop) -> None:
    for number in range(50):
        workshop.index(population(str(number)), {})

    assert len(workshop.indexes) == module.MOST_INDEXED


def test_the_oldest_statement_is_forgotten_first(workshop: Workshop) -> None:
    for number in range(module.MOST_REMEMBERED + 1):
        workshop.remember((str(number),), Asked("SELECT 1", "model", ""))

    assert ("0",) not in workshop.remembered
    assert len(workshop.remembered) == module.MOST_REMEMBERED


def test_settings_become_rules_and_limits(workshop: Workshop) -> None:
    settings = CircuitSettings(link_hosts="a.example, .b.example,", query_memory=100)

    assert settings.hosts == ("a.example", ".b.example")
    assert workshop.rules.loopback
    assert workshop.limits.memory_bytes == 512 << 20


def test_a_process_opens_one_and_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TASKS_CIRCUIT__CACHE_FOLDER", str(tmp_path / "cache"))

    opened = module.workshop()
    try:
        assert module.workshop() is opened
        assert (tmp_path / "cache" / "entries").is_dir()
    finally:
        opened.close()
        module._of_process.cache_clear()

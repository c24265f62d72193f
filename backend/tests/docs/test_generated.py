"""What is written from the code is as fresh as the code, and the wire changes only where a diff shows it."""

from pathlib import Path

import pytest
from docs.generated import PROCESSES, ROOT, WIRE, Process, pages, stale, wire

from neuroagent.config.settings import is_open_ended, names


def test_every_generated_page_is_fresh() -> None:
    assert stale(pages()) == [], "Write them anew with: ./dev generate docs"


def test_the_wire_is_as_it_was_written_down() -> None:
    assert stale(wire()) == [], "If the change is meant, and old workers can live with it: ./dev generate wire"


def test_no_schema_is_left_of_a_contract_that_is_gone() -> None:
    assert set(WIRE.iterdir()) == set(wire())


def test_a_stale_page_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("old")

    assert stale({page: "new", tmp_path / "missing.md": "new"}) == [page, tmp_path / "missing.md"]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.file)
def test_every_setting_stands_in_its_env_file_and_in_the_docs(process: Process) -> None:
    env_file = (ROOT / process.file).read_text(encoding="utf-8")
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    for name, field in names(process.settings, process.prefix):
        assert is_open_ended(field) or f"\n{name}=" in env_file, name
        assert f"`{name}" in page, name


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.file)
def test_the_env_file_as_committed_is_the_defaults(process: Process) -> None:
    assert process.settings.load(ROOT) == process.settings()
    assert process.settings.load(ROOT).secrets() == []

"""A circuit through its page: uploaded, described, asked."""

from pathlib import Path

import pytest
from end_to_end.page.visits import System

from neuroagent.tasks.circuit.making.packing import pack
from neuroagent.tasks.circuit.making.writing import Plan, write_circuit

pytestmark = pytest.mark.xdist_group("page")


def test_a_circuit_is_uploaded_and_asked(system: System, tmp_path: Path) -> None:
    archive = tmp_path / "small.gz"
    write_circuit(Plan(nodes=500, projecting=50), tmp_path / "circuit")
    pack(tmp_path / "circuit", archive)
    with system.visit("/circuits") as visit:
        visit.page.locator("input[type=file]").set_input_files(archive)
        visit.page.get_by_role("heading", name="What is in it").wait_for()
        assert visit.page.locator(".columns > li").count() > 5

        visit.page.get_by_label("Question", exact=True).fill("How many neurons are there?")
        visit.page.get_by_role("button", name="Ask", exact=True).click()
        visit.page.locator(".answer .sentence").wait_for()

        assert "500" in visit.page.locator(".answer").inner_text()


def test_what_is_no_circuit_is_told(system: System, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.gz"
    nonsense.write_bytes(b"nothing of the kind")
    with system.visit("/circuits") as visit:
        visit.page.locator("input[type=file]").set_input_files(nonsense)

        visit.page.get_by_role("alert").wait_for()
        visit.page.get_by_text("failed", exact=True).first.wait_for()

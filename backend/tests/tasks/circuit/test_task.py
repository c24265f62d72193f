"""The circuit family's tasks, as a worker calls them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from circuit_web import Site
from tasks.circuit.workshops import link, question

from neuroagent.task_schemas.circuit import DescribeCircuitInput
from neuroagent.tasks.circuit import workshop
from neuroagent.tasks.circuit.task import describe_circuit, talk_to_df
from neuroagent.tasks.runtime.report import Report


@pytest.fixture(autouse=True)
def _a_worker_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("TASKS_CIRCUIT__CACHE_FOLDER", str(tmp_path))
    monkeypatch.setenv("TASKS_CIRCUIT__LINK_LOOPBACK", "true")
    workshop._of_process.cache_clear()
    yield
    workshop.workshop().close()
    workshop._of_process.cache_clear()


def test_a_circuit_is_described_and_then_asked(circuit_site: Site, report: Report) -> None:
    found = describe_circuit(DescribeCircuitInput(circuit=link(circuit_site)), report)
    answer = talk_to_df(question(circuit_site, "How many neurons are there?"), report)

    assert list(answer.rows[0].values()) == [found.populations[0].rows]

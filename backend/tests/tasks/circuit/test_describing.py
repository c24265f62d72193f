"""What is said of a circuit before anybody asks about it."""

import pytest
from circuit_web import Site
from tasks.circuit.workshops import link

from neuroagent.task_schemas.circuit import DescribeCircuitInput
from neuroagent.tasks.circuit.describing import described
from neuroagent.tasks.circuit.errors import BadFile, PopulationNotFound
from neuroagent.tasks.circuit.workshop import Workshop
from neuroagent.tasks.runtime.report import Report


def test_every_population_is_described_the_largest_first(
    circuit_site: Site, report: Report, workshop: Workshop
) -> None:
    found = described(DescribeCircuitInput(circuit=link(circuit_site), most_values=3), report, workshop)

    assert [(each.name, each.rows) for each in found.populations] == [("S1_neurons", 2_000), ("VPM_fibres", 100)]
    assert [len(each.suggestions) for each in found.populations] == [3, 0], "of the one that is asked by itself"
    layer = next(column for column in found.populations[0].columns if column.name == "layer")
    assert (layer.type, len(layer.values)) == ("text", 3)
    assert layer.distinct is not None
    assert layer.distinct > 3


def test_one_population_is_described_by_its_name(circuit_site: Site, report: Report, workshop: Workshop) -> None:
    asked = DescribeCircuitInput(circuit=link(circuit_site), population="VPM_fibres")

    assert [each.name for each in described(asked, report, workshop).populations] == ["VPM_fibres"]
    with pytest.raises(PopulationNotFound, match="CA1"):
        described(asked.model_copy(update={"population": "CA1"}), report, workshop)


def test_what_is_no_circuit_is_said(circuit_site: Site, report: Report, workshop: Workshop) -> None:
    before = circuit_site.body, dict(circuit_site.headers)
    circuit_site.body, circuit_site.headers["ETag"] = b"\0\1\2" * 100, '"another"'
    try:
        with pytest.raises(BadFile, match="is no SONATA archive"):
            described(DescribeCircuitInput(circuit=link(circuit_site)), report, workshop)
    finally:
        circuit_site.body = before[0]
        circuit_site.headers.update(before[1])

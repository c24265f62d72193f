"""What is in a circuit: its populations, their columns and values, and what could not be read."""

from time import perf_counter
from typing import Final

from neuroagent.task_schemas.circuit import (
    DescribeCircuitInput,
    DescribeCircuitOutput,
    DescribedPopulation,
    LeftOut,
)
from neuroagent.tasks.circuit.contact import Again, by_size
from neuroagent.tasks.circuit.errors import CircuitError, PopulationNotFound
from neuroagent.tasks.circuit.question.suggest import suggestions
from neuroagent.tasks.circuit.reader.supervisor import Populations
from neuroagent.tasks.circuit.source import opener
from neuroagent.tasks.circuit.workshop import Workshop
from neuroagent.tasks.runtime.report import Report

MOST_COUNTED: Final = 20  # populations whose columns are looked at; of the others the size is said


def described(job: DescribeCircuitInput, report: Report, workshop: Workshop) -> DescribeCircuitOutput:
    begun = perf_counter()
    report("fetching the circuit", 0.1)
    again = opener(job.circuit, report, workshop.rules, workshop.settings.link_bytes)
    outline = workshop.circuits.outline(again, job.format, 0 if job.population else MOST_COUNTED)
    skipped = [LeftOut(what=each.what, why=each.why) for each in outline.skipped]
    populations = []
    names = _wanted(outline, job.population)
    for number, name in enumerate(names):
        report(f"reading {name}", 0.2 + 0.8 * number / len(names))
        try:
            populations.append(_one(again, name, job, workshop, is_first=number == 0))
        except CircuitError as error:
            if job.population:
                raise
            skipped.append(LeftOut(what=name, why=str(error)))
    populations += [DescribedPopulation(name=name, rows=max(rows, 0)) for name, rows in _rest(outline, names, job)]
    return DescribeCircuitOutput(
        populations=tuple(populations), skipped=tuple(skipped), seconds=round(perf_counter() - begun, 3)
    )


def _wanted(outline: Populations, name: str) -> list[str]:
    if not name:
        return by_size(outline)[:MOST_COUNTED]
    if name not in outline.populations:
        raise PopulationNotFound.among(name, outline.populations)
    return [name]


def _rest(outline: Populations, told: list[str], job: DescribeCircuitInput) -> list[tuple[str, int]]:
    return [] if job.population else [each for each in outline.populations.items() if each[0] not in told]


def _one(
    again: Again, name: str, job: DescribeCircuitInput, workshop: Workshop, *, is_first: bool
) -> DescribedPopulation:
    """The first is the one that is asked unless another is named."""
    with workshop.circuits.population(again, name, job.format) as population:
        works = suggestions(workshop.index(population, {})) if is_first else ()
        return population.profile.described(job.most_values).model_copy(update={"suggestions": works})

"""A question's way through the worker: read by the grammar, else by a model; run in the jail; told in three forms."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from neuroagent.task_schemas.circuit import Choice, TalkToDfInput, TalkToDfOutput, Tokens
from neuroagent.task_schemas.files import StoredFile
from neuroagent.tasks.circuit.answer import Answer, Most, answer
from neuroagent.tasks.circuit.chart.choice import chart
from neuroagent.tasks.circuit.contact import Population
from neuroagent.tasks.circuit.errors import CircuitError
from neuroagent.tasks.circuit.export import CsvExport, Export, ParquetExport
from neuroagent.tasks.circuit.question.ask import Asked, Unanswered, ask
from neuroagent.tasks.circuit.question.model import Model
from neuroagent.tasks.circuit.sentence import sentence
from neuroagent.tasks.circuit.source import opener
from neuroagent.tasks.circuit.sql.question import Question
from neuroagent.tasks.circuit.workshop import Workshop
from neuroagent.tasks.runtime.report import Report

SHOWN_BYTES: Final = 120_000  # so that a usual answer travels with its event, chart and all
MEDIA_TYPES: Final = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}


def talked(job: TalkToDfInput, report: Report, workshop: Workshop) -> TalkToDfOutput:
    begun = perf_counter()
    report("opening the circuit", 0.1)
    again = opener(job.circuit, report, workshop.rules, workshop.settings.link_bytes)
    with workshop.circuits.population(again, job.population, job.format) as population:
        report("reading the question", 0.5)
        asked = _asked(job, population, workshop)
        if isinstance(asked, Unanswered):
            output = _unanswered(asked)
        else:
            report("running the query", 0.7)
            output = _answered(asked, job, population, workshop, report)
        seconds = round(perf_counter() - begun, 4)
        told = {"circuit": job.known_as, "population": population.profile.population, "seconds": seconds}
        return output.model_copy(update=told)


def _asked(job: TalkToDfInput, population: Population, workshop: Workshop) -> Asked | Unanswered:
    key = _key(job, population)
    known = workshop.remembered.get(key)
    if known is not None:
        return known
    found = ask(
        job.question,
        workshop.index(population, job.synonyms),
        job.previous,
        model=_model(job, workshop),
        trial=lambda sql: _trouble(sql, population, workshop),
    )
    if isinstance(found, Asked) and found.source == "model":
        workshop.remember(key, replace(found, source="cache", tokens=Tokens()))
    return found


def _key(job: TalkToDfInput, population: Population) -> tuple[str, ...]:
    thread = (text for each in job.previous for text in (each.question, each.reading, each.sql))
    synonyms = (text for pair in sorted(job.synonyms.items()) for text in pair)
    return (population.content, job.model.name, str(job.model.allowed), job.question, *thread, "", *synonyms)


def _model(job: TalkToDfInput, workshop: Workshop) -> Model | None:
    if not job.model.allowed or not workshop.llm.is_there:
        return None
    return Model(workshop.llm, job.model.name, job.model.most_tokens)


def _trouble(sql: str, population: Population, workshop: Workshop) -> str | None:
    """A model's statement is tried before it is believed."""
    limits = replace(workshop.limits, rows=1)
    try:
        with workshop.jail.ask(Question(sql, str(population.parquet), limits=limits)) as reply:
            for _ in reply.batches():
                pass
    except CircuitError as error:
        return str(error)
    return None


def _unanswered(asked: Unanswered) -> TalkToDfOutput:
    abstained = asked.abstained
    return TalkToDfOutput(
        outcome="clarify" if abstained.choices else "abstained",
        sentence=abstained.message,
        choices=tuple(Choice(label=each.label, question=each.question) for each in abstained.choices),
        suggestions=abstained.suggestions,
        tokens=asked.tokens,
    )


def _answered(
    asked: Asked, job: TalkToDfInput, population: Population, workshop: Workshop, report: Report
) -> TalkToDfOutput:
    question = Question(asked.sql, str(population.parquet), limits=workshop.limits)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"answer.{job.file_format}"
        found = answer(workshop.jail, question, Most(job.most_rows, SHOWN_BYTES), _export(path))
        file = _stored(found, path, report)
    return TalkToDfOutput(
        sentence=sentence(found),
        columns=found.columns,
        types=found.types,
        rows=found.rows,
        row_count=found.row_count,
        truncated=found.truncated,
        sql=asked.sql,
        source=asked.source,
        reading=asked.reading,
        tokens=asked.tokens,
        chart=None if found.truncated else chart(found.columns, found.types, found.rows),
        file=file,
    )


def _export(path: Path) -> Export:
    return CsvExport(path) if path.suffix == ".csv" else ParquetExport(path)


def _stored(found: Answer, path: Path, report: Report) -> StoredFile | None:
    if not found.rows_in_file:
        return None
    report("storing the whole answer", 0.9)
    return report.store(path, name=path.name, media_type=MEDIA_TYPES[path.suffix.removeprefix(".")])

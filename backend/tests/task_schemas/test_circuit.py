"""Questions in plain words to circuits and tables."""

import pytest
from pydantic import TypeAdapter, ValidationError

from neuroagent.task_schemas.circuit import CircuitFile, CircuitLink, CircuitSource, TalkToDfInput, TalkToDfOutput
from neuroagent.task_schemas.files import StoredFile

STORED = StoredFile(key="k", name="c.gz", media_type="application/gzip", size=1, sha256="0" * 64)


def test_a_circuit_is_a_stored_file_or_a_link() -> None:
    sources = TypeAdapter[CircuitFile | CircuitLink](CircuitSource)

    for source in (CircuitFile(file=STORED), CircuitLink(url="https://x.example/c", name="c.gz")):
        assert sources.validate_json(sources.dump_json(source)) == source
    with pytest.raises(ValidationError, match="kind"):
        sources.validate_python({"kind": "folder", "path": "/etc"})


def test_a_question_needs_little_more_than_itself() -> None:
    job = TalkToDfInput(question="how many cells?", circuit=CircuitFile(file=STORED))

    assert (job.population, job.previous, job.model.allowed) == ("", (), True)


def test_an_answer_without_a_model_costs_nothing() -> None:
    answer = TalkToDfOutput(columns=("n",), types=("BIGINT",), rows=({"n": 3},), row_count=1, source="grammar")

    assert answer.tokens.uncached == answer.tokens.completion == 0
    assert TalkToDfOutput.model_validate_json(answer.model_dump_json()) == answer

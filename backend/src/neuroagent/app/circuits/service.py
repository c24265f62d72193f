"""What can be done with a circuit: register it, have it described, ask it, be rid of it."""

import logging
from collections.abc import AsyncIterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from neuroagent.app.circuits.entitycore import EntityCore
from neuroagent.app.circuits.intake import Intake, prefix
from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.repository import Repository, sources
from neuroagent.app.circuits.schemas import Asking, EntityCoreCircuit, Link, Registration, Source, Upload
from neuroagent.app.circuits.settings import CircuitsSettings
from neuroagent.app.engine.client import Tasks
from neuroagent.app.engine.models import TaskRow
from neuroagent.app.engine.renewals import LINK
from neuroagent.app.errors import Conflict, InvalidInput, NotFound, Unavailable
from neuroagent.app.storage import Storage
from neuroagent.app.tracing import current_trace_id
from neuroagent.task_schemas.circuit import (
    DESCRIBE_CIRCUIT,
    TALK_TO_DF,
    CircuitFile,
    CircuitLink,
    CircuitName,
    DescribeCircuitInput,
    FileKind,
    PreviousQuestion,
    TalkToDfInput,
)

MOST_BEFORE = 20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Circuits:
    repository: Repository
    tasks: Tasks
    storage: Storage
    intake: Intake
    entitycore: EntityCore
    settings: CircuitsSettings

    async def register(self, owner: str, given: Registration) -> CircuitRow:
        if isinstance(given.source, EntityCoreCircuit):
            await self.entitycore.link(given.source.id)  # what isn't there is said now
        row = await self._added(owner, given.name, given.format, given.source)
        await self._described_soon(row)
        return row

    async def upload(self, owner: str, name: str, kind: FileKind, body: AsyncIterable[bytes]) -> CircuitRow:
        """The row stands first, so that an upload under way can be seen, and one that was lost be deleted."""
        row = await self._added(owner, name, kind, Upload())
        kept = False
        try:
            file = await self.intake.take(row.id, name, body)
            kept = await self.repository.stored(row.id, file)
        finally:
            if not kept:
                await self._gone(row.id)
        if not kept:
            raise Conflict(f"Circuit {name!r} was deleted while it was uploaded.")
        row.source = Upload(file=file).model_dump(mode="json")
        await self._described_soon(row)
        return row

    async def mine(self, circuit_id: str, owner: str) -> CircuitRow:
        row = await self.repository.find(circuit_id, owner)
        if row is None:
            raise NotFound(f"There is no circuit {circuit_id[:100]!r}.")
        return row

    async def page(self, owner: str) -> Sequence[CircuitRow]:
        return await self.repository.page(owner, self.settings.most)

    async def describe(self, row: CircuitRow) -> TaskRow:
        job = DescribeCircuitInput(circuit=await self._source(row), format=_kind(row))
        task = await self.tasks.submit(DESCRIBE_CIRCUIT, job, owner=row.owner, trace_id=current_trace_id())
        await self.repository.described_by(row.id, task.id)
        row.task_id = task.id
        return task

    async def ask(self, row: CircuitRow, asking: Asking) -> TaskRow:
        job = await self.question(row, asking)
        return await self.tasks.submit(TALK_TO_DF, job, owner=row.owner, trace_id=current_trace_id())

    async def question(self, row: CircuitRow, asking: Asking) -> TalkToDfInput:
        """The job, whoever it is that submits it."""
        return TalkToDfInput(
            question=asking.question,
            circuit=await self._source(row),
            known_as=CircuitName(id=row.id, name=row.name),
            format=_kind(row),
            population=asking.population,
            previous=await self._thread(asking, row.owner),
            model=asking.model,
            synonyms=self.settings.known_synonyms | asking.synonyms,
            most_rows=asking.most_rows,
            file_format=asking.file_format,
        )

    async def delete(self, row: CircuitRow) -> None:
        """First the row, so that nothing more is granted; then what was granted is cut short by the bytes' going."""
        await self._gone(row.id)
        if row.task_id is not None:
            with suppress(Conflict, NotFound, Unavailable):  # it has ended, or it will find nothing
                await self.tasks.cancel(row.task_id, owner=row.owner)

    async def _added(self, owner: str, name: str, kind: FileKind, source: Source) -> CircuitRow:
        if await self.repository.count(owner) >= self.settings.most:
            raise Conflict(f"You have {self.settings.most} circuits already; delete one first.")
        row = CircuitRow(
            id=str(uuid4()),
            owner=owner,
            name=name,
            format=kind,
            source=source.model_dump(mode="json"),
            task_id=None,
            created_at=datetime.now(UTC),
        )
        await self.repository.add(row)
        return row

    async def _described_soon(self, row: CircuitRow) -> None:
        """Without workers in reach the circuit stands all the same, and can be described later."""
        try:
            await self.describe(row)
        except Unavailable as trouble:
            logger.warning("circuit.described_later", extra={"circuit_id": row.id, "reason": str(trouble)})

    async def _source(self, row: CircuitRow) -> CircuitFile | CircuitLink:
        match sources.validate_python(row.source):
            case Upload(file=None):
                raise Conflict(f"Circuit {row.name!r} is still on its way; ask when all of it is here.")
            case Upload(file=file) if file is not None:
                return CircuitFile(file=file)
            case Link(url=url):
                return CircuitLink(url=url, name=row.name)
            case EntityCoreCircuit(id=circuit_id):
                link = await self.entitycore.link(circuit_id)
                return link.model_copy(update={"renewal": f"{LINK}{row.id}"})
        raise TypeError(f"a circuit has a source, and not {row.source!r}")

    async def _thread(self, asking: Asking, owner: str) -> tuple[PreviousQuestion, ...]:
        """What the question before leant on, and the question before itself."""
        if asking.after is None:
            return tuple(asking.previous)
        task = await self.tasks.mine(asking.after, owner)
        if task.name != TALK_TO_DF.name:
            raise InvalidInput(f"Task {asking.after!r} was no question to a circuit.")
        before = TALK_TO_DF.decode(task.input)
        last = _previous(before.question, task.output)
        return (*before.previous, *last)[-MOST_BEFORE:]

    async def _gone(self, circuit_id: str) -> None:
        await self.repository.delete(circuit_id)
        await self.storage.delete_prefix(prefix(circuit_id))


def _previous(question: str, output: object) -> tuple[PreviousQuestion, ...]:
    """The answer may still be on its way, or lie in the store: the question is what the next one leans on.

    What got no answer is nothing to lean on.
    """
    told: Mapping[str, object] = output if isinstance(output, dict) else {}
    if told.get("outcome", "answered") != "answered":
        return ()
    reading, sql = str(told.get("reading", ""))[:4_000], str(told.get("sql", ""))[:20_000]
    return (PreviousQuestion(question=question, reading=reading, sql=sql),)


def _kind(row: CircuitRow) -> FileKind:
    kind: FileKind = row.format  # type: ignore[assignment]  # only such are written
    return kind

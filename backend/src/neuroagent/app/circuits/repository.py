"""Who has registered what; a stranger's circuit isn't found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from pydantic import TypeAdapter
from sqlalchemy import Table, delete, func, insert, select, update

from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.schemas import Source, Upload
from neuroagent.app.engine.ledger import TASK_ID, Ledger
from neuroagent.task_schemas.files import StoredFile

CIRCUITS: Final = cast("Table", CircuitRow.__table__)
COLUMNS: Final = tuple(column.name for column in CIRCUITS.columns)
FOLDER: Final = "circuits"

sources: Final[TypeAdapter[Source]] = TypeAdapter(Source)


@dataclass(frozen=True)
class Repository:
    ledger: Ledger

    async def add(self, row: CircuitRow) -> None:
        values = {name: getattr(row, name) for name in COLUMNS}
        await self.ledger.write(lambda connection: connection.execute(insert(CIRCUITS), values))

    async def find(self, circuit_id: str, owner: str) -> CircuitRow | None:
        if not TASK_ID.fullmatch(circuit_id):
            return None  # there are texts that a database can't even be asked for
        query = select(CircuitRow).where(CircuitRow.id == circuit_id, CircuitRow.owner == owner)
        async with self.ledger.database.read() as session:
            return await session.scalar(query)

    async def page(self, owner: str, limit: int) -> Sequence[CircuitRow]:
        """Newest first."""
        query = select(CircuitRow).where(CircuitRow.owner == owner)
        async with self.ledger.database.read() as session:
            return (await session.scalars(query.order_by(CircuitRow.created_at.desc()).limit(limit))).all()

    async def count(self, owner: str) -> int:
        query = select(func.count()).select_from(CircuitRow).where(CircuitRow.owner == owner)
        async with self.ledger.database.read() as session:
            return int(await session.scalar(query) or 0)

    async def stored(self, circuit_id: str, file: StoredFile) -> bool:
        """All of it came; False if the circuit was deleted meanwhile."""
        return await self._change(circuit_id, source=Upload(file=file).model_dump(mode="json"))

    async def described_by(self, circuit_id: str, task_id: str) -> bool:
        return await self._change(circuit_id, task_id=task_id)

    async def delete(self, circuit_id: str) -> bool:
        return await self.ledger.change(delete(CIRCUITS).where(CIRCUITS.c.id == circuit_id))

    async def owns(self, file: StoredFile, owner: str) -> bool:
        """To the last digit of its digest: what a job says of a file is what its worker believes."""
        folder, _, rest = file.key.partition("/")
        row = await self.find(rest.partition("/")[0], owner) if folder == FOLDER else None
        return row is not None and sources.validate_python(row.source) == Upload(file=file)

    async def _change(self, circuit_id: str, **values: object) -> bool:
        return await self.ledger.change(update(CIRCUITS).where(CIRCUITS.c.id == circuit_id).values(values))

"""A provider's link runs out within minutes: while a task of the circuit's owner runs, another is asked for."""

from dataclasses import dataclass

from neuroagent.app.circuits.entitycore import EntityCore
from neuroagent.app.circuits.repository import Repository, sources
from neuroagent.app.circuits.schemas import EntityCoreCircuit
from neuroagent.app.errors import NotFound


@dataclass(frozen=True)
class LinksAgain:
    repository: Repository
    entitycore: EntityCore

    async def __call__(self, circuit_id: str, owner: str) -> str:
        row = await self.repository.find(circuit_id, owner)
        source = sources.validate_python(row.source) if row is not None else None
        if not isinstance(source, EntityCoreCircuit):
            raise NotFound("The circuit is not among its owner's any more.")
        return (await self.entitycore.link(source.id)).url

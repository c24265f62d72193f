"""Which circuit a person means: the one that is named, the one that is chosen, or the newest; and what to ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from neuroagent.app.circuits.models import CircuitRow
from neuroagent.app.circuits.repository import sources
from neuroagent.app.circuits.schemas import Upload
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.circuits.views import Views
from neuroagent.app.errors import AppError, NotFound

MOST_LISTED: Final = 10
AT_ONCE: Final = timedelta(0)
NONE_YET: Final = "You have no circuit yet: upload one at POST /api/circuits/upload, or register a link to one."


@dataclass(frozen=True)
class AtHand:
    """`chosen` is a circuit's id, where the person has chosen one for the conversation."""

    circuits: Circuits
    owner: str
    chosen: str | None = None

    async def named(self, wanted: str) -> CircuitRow:
        """By id or name; without either the chosen one, or the newest."""
        if wanted:
            return await self._by_word(wanted)
        if self.chosen:
            return await self._chosen(self.chosen)
        newest = next(iter(await self.all()), None)
        if newest is None:
            raise NotFound(NONE_YET)
        return newest

    async def all(self) -> Sequence[CircuitRow]:
        """Those that can be asked; the one that is asked unless another is named first, then the newest."""
        rows = [row for row in await self.circuits.page(self.owner) if not _is_on_its_way(row)]
        return sorted(rows, key=lambda row: row.id != self.chosen)

    async def suggestions(self, row: CircuitRow) -> tuple[str, ...]:
        """Questions that it can answer; none before it has been described."""
        try:
            view = await Views(self.circuits.tasks).one(row, AT_ONCE)
        except AppError:  # the store or Redis is away; what is only nice to have isn't worth a word
            return ()
        populations = view.description.populations if view.description else ()
        return next((each.suggestions for each in populations), ())

    async def _by_word(self, wanted: str) -> CircuitRow:
        rows = await self.all()
        found = next((row for row in rows if wanted in {row.id, row.name}), None)
        if found is None:
            names = ", ".join(repr(row.name) for row in rows[:MOST_LISTED])
            hint = f"you have {names}{', …' if len(rows) > MOST_LISTED else ''}." if rows else NONE_YET
            raise NotFound(f"There is no circuit {wanted[:100]!r}; {hint}")
        return found

    async def _chosen(self, chosen: str) -> CircuitRow:
        row = await self.circuits.repository.find(chosen, self.owner)
        if row is None:
            raise NotFound("The circuit that this thread was about is gone; choose another, or name one.")
        return row


def _is_on_its_way(row: CircuitRow) -> bool:
    source = sources.validate_python(row.source)
    return isinstance(source, Upload) and source.file is None

"""/api/circuits: register by upload, link or provider, list, describe, ask, delete."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, status

from neuroagent.app.auth.caller import CurrentCaller
from neuroagent.app.body_limit import limited_to
from neuroagent.app.circuits.schemas import Asked, Asking, CircuitList, CircuitView, Name, Registration
from neuroagent.app.circuits.service import Circuits
from neuroagent.app.circuits.views import Views
from neuroagent.app.errors import AppError
from neuroagent.app.storage.receiving import hear_out
from neuroagent.task_schemas.circuit import FileKind

PREFIX: Final = "/api/circuits"
LONGEST_WAIT: Final = 60
MOST_WORDS: Final = 2**20  # bytes of a registration or a question; files go to /upload
NO_PATIENCE: Final = timedelta(0)

Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its description.")]


def circuits_router(circuits: Circuits) -> APIRouter:
    router = APIRouter(tags=["circuits"])
    router.include_router(_uploads(circuits))
    router.include_router(_registered(circuits))
    return router


def _uploads(circuits: Circuits) -> APIRouter:
    router = APIRouter(prefix=PREFIX)
    views = Views(circuits.tasks)

    @router.post("/upload", status_code=status.HTTP_201_CREATED, openapi_extra=_body())
    async def upload(
        request: Request,
        caller: CurrentCaller,
        name: Annotated[Name, Query()],
        format: FileKind = "auto",  # noqa: A002 - the query's own word
    ) -> CircuitView:
        """A SONATA archive, a node file or a table, as the body of the request; it is described at once."""
        body = request.stream()
        try:
            circuits.intake.must_fit(request.headers)
            row = await circuits.upload(caller.user_id, name, format, body)
        except AppError:
            await hear_out(body)
            raise
        return await views.one(row, NO_PATIENCE)

    return router


def _registered(circuits: Circuits) -> APIRouter:
    router = APIRouter(prefix=PREFIX, route_class=limited_to(MOST_WORDS))
    views = Views(circuits.tasks)

    @router.post("", status_code=status.HTTP_201_CREATED)
    async def register(registration: Registration, caller: CurrentCaller) -> CircuitView:
        """A circuit that lies elsewhere, by its link or by its id at the provider; it is described at once."""
        return await views.one(await circuits.register(caller.user_id, registration), NO_PATIENCE)

    @router.get("")
    async def page(caller: CurrentCaller) -> CircuitList:
        """Your circuits, newest first."""
        return CircuitList(circuits=await views.many(await circuits.page(caller.user_id)))

    @router.get("/{circuit_id}")
    async def look(circuit_id: str, caller: CurrentCaller, wait: Wait = 0) -> CircuitView:
        """What is in it: populations, columns, values, and what could not be read."""
        return await views.one(await circuits.mine(circuit_id, caller.user_id), timedelta(seconds=wait))

    @router.delete("/{circuit_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete(circuit_id: str, caller: CurrentCaller) -> None:
        """It and its bytes are gone for good."""
        await circuits.delete(await circuits.mine(circuit_id, caller.user_id))

    @router.post("/{circuit_id}/describe", status_code=status.HTTP_202_ACCEPTED)
    async def describe(circuit_id: str, caller: CurrentCaller) -> Asked:
        """Look at it once more: what lies elsewhere may have changed."""
        task = await circuits.describe(await circuits.mine(circuit_id, caller.user_id))
        return Asked.model_validate({"id": task.id, "state": task.state})

    @router.post("/{circuit_id}/questions", status_code=status.HTTP_202_ACCEPTED)
    async def ask(circuit_id: str, asking: Asking, caller: CurrentCaller) -> Asked:
        """Ask in plain words; the answer is the output of the task: `GET /api/tasks/{id}?wait=30`."""
        task = await circuits.ask(await circuits.mine(circuit_id, caller.user_id), asking)
        return Asked.model_validate({"id": task.id, "state": task.state})

    return router


def _body() -> dict[str, object]:
    """The body is read as it comes, so the document has to be told of it."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": True, "content": content}}

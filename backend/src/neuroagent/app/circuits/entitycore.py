"""The provider of circuits: by a circuit's id to the signed link of its archive."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from anyio import to_thread
from pydantic import BaseModel, Field, SecretStr, ValidationError

from neuroagent.app.errors import InvalidInput, NotFound, Unavailable
from neuroagent.config.settings import Section
from neuroagent.task_schemas.circuit import CircuitLink

ARCHIVE: Final = "circuit.gz"
PATIENCE: Final = 15.0
LARGEST: Final = 2**22
LEADS_ON: Final = frozenset({301, 302, 303, 307, 308})


class EntityCoreSettings(Section):
    """A provider that hands out circuits behind signed links."""

    url: str | None = Field(None, pattern=r"^https?://[^\s?#]+$", description="The provider's address; empty: none.")
    token: SecretStr | None = Field(None, description="Sent as a bearer token, if the provider wants one.")
    virtual_lab: str | None = Field(None, description="The virtual lab to act in, if the provider knows such.")
    project: str | None = Field(None, description="The project to act in, likewise.")


class _Asset(BaseModel):
    id: str
    path: str


class _Circuit(BaseModel):
    """As much of the provider's answer as is read."""

    assets: list[_Asset] = []


@dataclass(frozen=True)
class _Answer:
    status: int
    location: str
    body: bytes


@dataclass(frozen=True)
class EntityCore:
    settings: EntityCoreSettings

    async def link(self, circuit_id: str) -> CircuitLink:
        """A fresh one each time: it runs out within minutes."""
        if self.settings.url is None:
            raise InvalidInput("No provider of circuits is set up here; NEUROAGENT_ENTITYCORE__URL names one.")
        return await to_thread.run_sync(self._link, circuit_id)

    def _link(self, circuit_id: str) -> CircuitLink:
        path = f"/circuit/{circuit_id}"
        asset = _archive(circuit_id, self._asked(circuit_id, path))
        asked = f"{path}/assets/{asset.id}/download"
        answer = self._asked(circuit_id, asked)
        if answer.status not in LEADS_ON or not answer.location:
            raise Unavailable(f"The provider gave no link to the archive of circuit {circuit_id!r}.")
        return CircuitLink(url=urljoin(f"{self.settings.url}{asked}", answer.location), name=ARCHIVE)

    def _asked(self, circuit_id: str, path: str) -> _Answer:
        place = urlsplit(self.settings.url or "")
        connection = _connection(place)
        try:
            connection.request("GET", place.path.rstrip("/") + path, headers=self._headers())
            answer = connection.getresponse()
            found = _Answer(answer.status, answer.getheader("Location", ""), answer.read(LARGEST))
        except (OSError, HTTPException) as error:
            raise Unavailable("The provider of circuits can't be reached; try again shortly.") from error
        finally:
            connection.close()
        return _judged(circuit_id, found)

    def _headers(self) -> dict[str, str]:
        given = {
            "authorization": self.settings.token and f"Bearer {self.settings.token.get_secret_value()}",
            "virtual-lab-id": self.settings.virtual_lab,
            "project-id": self.settings.project,
        }
        return {"accept": "application/json"} | {name: value for name, value in given.items() if value}


def _connection(place: SplitResult) -> HTTPConnection:
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    return kind(place.hostname or "", place.port, timeout=PATIENCE)


def _judged(circuit_id: str, answer: _Answer) -> _Answer:
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}:
        raise NotFound(f"The provider has no circuit {circuit_id!r}.")
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise NotFound(f"The provider doesn't show circuit {circuit_id!r} to this installation.")
    if answer.status != HTTPStatus.OK and answer.status not in LEADS_ON:
        raise Unavailable(f"The provider of circuits answered with status {answer.status}.")
    return answer


def _archive(circuit_id: str, answer: _Answer) -> _Asset:
    try:
        said: Any = json.loads(answer.body)
        assets = _Circuit.model_validate(said).assets
    except (ValueError, ValidationError) as error:
        raise Unavailable("The provider of circuits answered with something else than a circuit.") from error
    found = next((asset for asset in assets if asset.path.rpartition("/")[2] == ARCHIVE), None)
    if found is None:
        raise NotFound(f"Circuit {circuit_id!r} of the provider has no {ARCHIVE}.")
    return found

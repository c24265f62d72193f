"""Every route of the app's own OpenAPI document, with a body that fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    body: Any
    is_form: bool

    def filled(self, ids: dict[str, str]) -> str:
        path = self.path
        for name in self.names:
            path = path.replace(f"{{{name}}}", ids.get(name, "x"))
        return path

    @property
    def names(self) -> list[str]:
        return [part.partition("}")[0] for part in self.path.split("{")[1:]]

    async def ask(self, client: httpx.AsyncClient, ids: dict[str, str], headers: dict[str, str]) -> httpx.Response:
        given: dict[str, Any] = {"files": {"file": ("a.csv", b"a,b\n1,2\n")}} if self.is_form else {"json": self.body}
        given = {} if self.method in {"get", "delete"} else given
        return await client.request(self.method, self.filled(ids), headers=headers, **given)


async def routes(client: httpx.AsyncClient) -> list[Route]:
    return list(_routes((await client.get("/openapi.json")).json()))


def _routes(document: dict[str, Any]) -> Iterator[Route]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                content = operation.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema", {})
                yield Route(method, path, _example(schema, document), bool(content) and not schema)


def _example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    name = schema.get("$ref", "").rpartition("/")[2]
    named = document["components"]["schemas"].get(name, schema)
    return (named.get("examples") or [{}])[0]

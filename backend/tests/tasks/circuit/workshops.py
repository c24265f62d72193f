"""A workshop with a folder of its own, and a small circuit behind a link for it to be asked about."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from circuit_web import Site

from neuroagent.task_schemas.circuit import CircuitLink, TalkToDfInput
from neuroagent.tasks.circuit.workshop import Workshop, open_workshop
from neuroagent.tasks.config import CircuitSettings
from neuroagent.tasks.llm import Llm, LlmSettings


@contextmanager
def workshop_in(folder: Path) -> Iterator[Workshop]:
    opened = open_workshop(CircuitSettings(cache_folder=folder, link_loopback=True), Llm(LlmSettings()))
    try:
        yield opened
    finally:
        opened.close()


def link(web: Site) -> CircuitLink:
    return CircuitLink(url=web.url(), name="circuit.gz")


def question(web: Site, text: str, **more: object) -> TalkToDfInput:
    return TalkToDfInput.model_validate({"question": text, "circuit": link(web), **more})

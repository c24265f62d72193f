"""What a worker process keeps open from question to question: readers, cache, jail, and the door to a model."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, Final

from neuroagent.tasks.circuit.cache import Cache
from neuroagent.tasks.circuit.contact import Circuits, Population
from neuroagent.tasks.circuit.links import LinkRules
from neuroagent.tasks.circuit.question.ask import Asked
from neuroagent.tasks.circuit.question.index import Index
from neuroagent.tasks.circuit.reader.standby import Readers
from neuroagent.tasks.circuit.sql.jail import Jail
from neuroagent.tasks.circuit.sql.question import Limits
from neuroagent.tasks.circuit.walls import jail_beside, say_what_is_missing, start_reader
from neuroagent.tasks.config import CircuitSettings, WorkerSettings
from neuroagent.tasks.llm import Llm

_opening = Lock()

MOST_INDEXED: Final = 16  # populations whose words are known already
MOST_REMEMBERED: Final = 1_000  # statements that a model wrote


@dataclass(frozen=True)
class Workshop:
    settings: CircuitSettings
    readers: Readers
    circuits: Circuits
    jail: Jail
    llm: Llm
    indexes: dict[tuple[str, ...], Index] = field(default_factory=dict)
    remembered: dict[tuple[str, ...], Asked] = field(default_factory=dict)

    @property
    def rules(self) -> LinkRules:
        return LinkRules(self.settings.hosts, self.settings.link_loopback)

    @property
    def limits(self) -> Limits:
        return Limits(seconds=self.settings.query_seconds, memory_bytes=self.settings.query_memory << 20)

    def index(self, population: Population, synonyms: Mapping[str, str]) -> Index:
        """To make one takes longer than to answer the question."""
        key = (population.content, *(word for pair in sorted(synonyms.items()) for word in pair))
        if key not in self.indexes:
            _make_room(self.indexes, MOST_INDEXED)
            self.indexes[key] = Index(population.profile, synonyms)
        return self.indexes[key]

    def remember(self, key: tuple[str, ...], asked: Asked) -> None:
        """The same question of the same data need not be paid for twice."""
        _make_room(self.remembered, MOST_REMEMBERED)
        self.remembered[key] = asked

    def warm(self) -> None:
        self.jail.warm()
        self.readers.warm()

    def close(self) -> None:
        self.jail.close()
        self.readers.close()


def open_workshop(settings: CircuitSettings, llm: Llm) -> Workshop:
    folder = settings.cache_folder.expanduser().resolve()  # the jail has another folder to stand in
    store = Cache(folder, settings.cache_bytes)
    store.sweep()
    readers = Readers(start_reader, store.spool, settings.reader_seconds)
    made = Workshop(settings, readers, Circuits(readers, store), Jail(jail_beside(store.tables)), llm)
    made.warm()
    return made


def workshop() -> Workshop:
    """The process's own: what was opened before a fork belongs to the other."""
    with _opening:  # the first job may come while the worker's start is still at it
        return _of_process(os.getpid())


@cache
def _of_process(_pid: int) -> Workshop:
    settings = WorkerSettings.load()
    say_what_is_missing()
    return open_workshop(settings.circuit, Llm(settings.llm))


def _make_room(kept: dict[tuple[str, ...], Any], most: int) -> None:
    while len(kept) >= most:
        kept.pop(next(iter(kept)))

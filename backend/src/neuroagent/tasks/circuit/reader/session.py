"""One stranger's file, from its first byte to the tables in it: what a reader does for its supervisor."""

import json
from collections.abc import Callable
from dataclasses import asdict
from io import RawIOBase
from pathlib import Path
from typing import IO, Any, Final, cast

import pyarrow as pa

from neuroagent.tasks.circuit.archive import Unpacked, unpack
from neuroagent.tasks.circuit.config import NodesEntry, located
from neuroagent.tasks.circuit.errors import BadFile, CircuitError, PopulationNotFound, TooLarge
from neuroagent.tasks.circuit.parquet import survey, write_and_survey, write_parquet
from neuroagent.tasks.circuit.plain_tables import open_table
from neuroagent.tasks.circuit.profile import Skipped
from neuroagent.tasks.circuit.reader.frames import DATA, BrokenTalk, message, read_frame
from neuroagent.tasks.circuit.sonata import NodeFiles, open_population, populations
from neuroagent.tasks.circuit.survey import Survey
from neuroagent.tasks.circuit.table import Readable

Answer = dict[str, Any]

BROKEN_FILE: Final = (OSError, RuntimeError, ValueError, KeyError, TypeError, IndexError, pa.ArrowException)


def serve(incoming: RawIOBase, outgoing: RawIOBase) -> None:
    """Until nobody asks any more; everything is imported by now, so that the first question is a quick one."""
    pa.set_cpu_count(1)
    pa.array([""]).dictionary_encode()
    session = Session(lambda size: incoming.read(size) or b"")
    while (asked := read_frame(session.read)) is not None:
        answer = message(_answered(session, json.loads(asked[1])))
        while answer:
            answer = answer[outgoing.write(answer) or 0 :]
        session.data.drain()


def _answered(session: "Session", request: Answer) -> Answer:
    """A failure that has a sentence of its own, or that a broken file explains, is an answer too."""
    try:
        return {"ok": getattr(session, f"do_{request.pop('do')}")(**request)}
    except CircuitError as error:
        return {"error": error.reason, "message": str(error)}
    except MemoryError:
        return {"error": TooLarge.reason, "message": "Reading the file takes more memory than a reader gets."}
    except BROKEN_FILE as error:
        return {"error": BadFile.reason, "message": f"The file is broken: {type(error).__name__}: {str(error)[:300]}"}


class Session:
    """Works in the folder it was started in; every path it is given is the name of a file there."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.read = read
        self.data = _Frames(read, ended=True)  # what still comes of an archive that has been read far enough
        self._rounds = 0
        self._forget()

    def _forget(self) -> None:
        self._node_files: dict[str, NodeFiles] = {}
        self._tables: dict[str, Readable] = {}
        self._rows: dict[str, int] = {}
        self._skipped: list[Skipped] = []

    def do_greet(self) -> Answer:
        """To know that everything is imported."""
        return {}

    def do_unpack(self, wanted: list[str]) -> Answer:
        """Take the archive from the frames that follow; `missed` would come with another round."""
        self._forget()
        self.data = _Frames(self.read)
        self._rounds += 1
        folder = Path(f"round-{self._rounds}")
        folder.mkdir()
        unpacked = unpack(cast("IO[bytes]", self.data), folder, wanted=frozenset(wanted))
        missed = sorted(unpacked.missed())
        if not missed:
            self._note(unpacked)
        return {"missed": missed, "files": len(unpacked.files)}

    def do_open(self, file: str, kind: str) -> Answer:
        """One file that is no archive."""
        self._forget()
        path = Path(file)
        if kind == "nodes":
            self._note_nodes("", NodeFiles(path))
        else:
            table = open_table(path, kind)
            self._tables[table.name], self._rows[table.name] = table, -1
        return self.do_populations()

    def do_populations(self) -> Answer:
        return {"populations": self._rows, "skipped": [asdict(each) for each in self._skipped]}

    def do_survey(self, population: str) -> Answer:
        table = self._table(population)
        return _profile(survey(table), table, population)

    def do_write(self, population: str, to: str, columns: list[str] | None) -> Answer:
        return {"bytes": write_parquet(self._table(population), Path(to), columns)}

    def do_store(self, population: str, to: str) -> Answer:
        table = self._table(population)
        return _profile(write_and_survey(table, Path(to)), table, population)

    def _table(self, population: str) -> Readable:
        if population not in self._rows:
            raise PopulationNotFound.among(population, self._rows)
        if population not in self._tables:
            self._tables[population] = open_population(self._node_files[population], population)
        return self._tables[population]

    def _note(self, unpacked: Unpacked) -> None:
        """What the configuration names; without one, every file that turns out to have nodes."""
        entries = unpacked.entries or tuple(
            NodesEntry(name) for name in unpacked.files if not name.endswith((".json", ".csv"))
        )
        for entry in entries:
            nodes, types = located(entry.nodes, unpacked.files), entry.types and located(entry.types, unpacked.files)
            if nodes is None:
                self._skipped.append(Skipped(entry.nodes, "the archive doesn't have this file"))
                continue
            if entry.types and not types:
                self._skipped.append(Skipped(entry.types, "the archive doesn't have this file"))
            files = NodeFiles(unpacked.files[nodes], unpacked.files[types] if types else None)
            self._note_nodes(nodes, files)
        if not self._rows:
            raise BadFile(_nothing_found(self._skipped))

    def _note_nodes(self, name: str, files: NodeFiles) -> None:
        """A file of an archive that can't be read must not hurt the ones that can."""
        try:
            found = populations(files.nodes)
        except (CircuitError, *BROKEN_FILE) as error:
            if not name:
                raise
            self._skipped.append(Skipped(name, str(error)))
            return
        for population, rows in found.items():
            self._node_files.setdefault(population, files)
            self._rows.setdefault(population, rows)


def _profile(counted: Survey, table: Readable, population: str) -> Answer:
    return asdict(counted.profile(population, (*table.skipped, *table.remarks())))


def _nothing_found(skipped: list[Skipped]) -> str:
    reasons = "; ".join(f"{each.what}: {each.why}" for each in skipped[:3])
    return f"No population of nodes is in the archive{f' ({reasons})' if reasons else ''}."


class _Frames:
    """The data frames of the talk, as a file to read from."""

    def __init__(self, read: Callable[[int], bytes], *, ended: bool = False) -> None:
        self._talk = read
        self._rest = memoryview(b"")
        self._ended = ended

    def read(self, size: int = -1) -> bytes:
        if not len(self._rest):
            self._rest = memoryview(self._next())
        size = len(self._rest) if size < 0 else size
        found, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return found

    def drain(self) -> None:
        while not self._ended:
            self._next()

    def _next(self) -> bytes:
        if self._ended:
            return b""
        came = read_frame(self._talk)
        if came is None:
            raise BrokenTalk("the data ended without its end")
        self._ended = came[0] != DATA
        return came[1] if came[0] == DATA else b""

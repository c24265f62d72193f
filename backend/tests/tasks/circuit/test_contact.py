"""From a circuit that somebody points at to the file that questions are put to."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from circuit_files import node_file, plain
from circuit_web import Site, site
from pyarrow import feather

from neuroagent.task_schemas.circuit import CircuitLink
from neuroagent.tasks.circuit.cache import Cache
from neuroagent.tasks.circuit.contact import Circuits, kind_of
from neuroagent.tasks.circuit.errors import BadFile, LinkExpired, PopulationNotFound
from neuroagent.tasks.circuit.fetch import Download, open_link
from neuroagent.tasks.circuit.links import LinkRules
from neuroagent.tasks.circuit.making.__main__ import make
from neuroagent.tasks.circuit.making.writing import Plan
from neuroagent.tasks.circuit.reader.standby import Readers


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as given:
        yield given


@pytest.fixture
def circuits(tmp_path: Path) -> Iterator[Circuits]:
    cache = Cache(tmp_path / "cache", 10**9)
    readers = Readers(within=cache.spool)
    yield Circuits(readers, cache)
    readers.close()


class Again:
    """Opens the site's file, and counts how often."""

    def __init__(self, web: Site, name: str = "circuit.gz") -> None:
        self.web, self.name = web, name

    def __call__(self) -> Download:
        link = CircuitLink(url=self.web.url(), name=self.name)
        return open_link(link, LinkRules(loopback=True))


def serve(web: Site, content: bytes, etag: str = '"one"') -> Again:
    web.body, web.headers["ETag"] = content, etag
    return Again(web)


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    return make(Plan(nodes=300, projecting=30), tmp_path / "circuit.gz").read_bytes()


def test_a_circuit_is_read_once_and_then_served_from_the_cache(web: Site, circuits: Circuits, archive: bytes) -> None:
    again = serve(web, archive)

    with circuits.population(again) as first:
        assert pq.read_metadata(first.parquet).num_rows == first.profile.rows == 300
    with circuits.population(again) as second:
        assert second.profile == first.profile

    assert (first.was_cached, second.was_cached) == (False, True)
    assert first.profile.population == "S1_neurons", "the largest, where none is named"


def test_each_population_is_kept_by_itself(web: Site, circuits: Circuits, archive: bytes) -> None:
    again = serve(web, archive)

    with circuits.population(again, "VPM_fibres") as fibres:
        assert fibres.profile.rows == 30
    with pytest.raises(PopulationNotFound, match="has S1_neurons, VPM_fibres"):
        circuits.population(again, "CA1").__enter__()
    assert circuits.outline(again).populations == {"S1_neurons": 300, "VPM_fibres": 30}


def test_an_outline_reads_ahead_so_that_nothing_is_unpacked_again(
    web: Site, circuits: Circuits, archive: bytes
) -> None:
    again = serve(web, archive)

    circuits.outline(again, most_read=1)

    for name, is_there in (("S1_neurons", True), ("VPM_fibres", False)):
        with circuits.population(again, name) as population:
            assert population.was_cached is is_there
            assert population.profile.population == name


def test_a_link_that_is_not_accepted_gets_nothing_from_the_cache(web: Site, circuits: Circuits, archive: bytes) -> None:
    again = serve(web, archive)
    with circuits.population(again):
        web.status = 403

    with pytest.raises(LinkExpired):
        circuits.population(again).__enter__()


def test_another_content_behind_the_same_link_is_read_anew(web: Site, circuits: Circuits, tmp_path: Path) -> None:
    nodes = [node_file(tmp_path / f"{count}.h5", plain, count).read_bytes() for count in (5, 6)]

    rows = []
    for number, content in enumerate(nodes):
        with circuits.population(serve(web, content, f'"{number}"')) as population:
            rows.append(population.profile.rows)

    assert rows == [5, 6]


def test_content_without_a_name_is_read_each_time(web: Site, circuits: Circuits, archive: bytes) -> None:
    again = serve(web, archive, etag="")

    for _ in range(2):
        with circuits.population(again) as population:
            assert not population.was_cached


def test_two_who_ask_at_once_cause_one_reading(web: Site, circuits: Circuits, archive: bytes) -> None:
    again, cached = serve(web, archive), []

    def ask() -> None:
        with circuits.population(again) as population:
            cached.append(population.was_cached)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(cached) == [False, True, True, True]


TABLE = pa.table({"name": ["Ann", None, "Bob"], "age": [3, 4, 5]})


def as_parquet(path: Path) -> None:
    pq.write_table(TABLE, path)


def as_arrow(path: Path) -> None:
    feather.write_feather(TABLE, path)


def as_stream(path: Path) -> None:
    with pa.ipc.new_stream(path, TABLE.schema) as stream:
        stream.write_table(TABLE)


def as_csv(path: Path) -> None:
    path.write_text("name;age\nAnn;3\n;4\nBob;5\n", encoding="utf-8")


@pytest.mark.parametrize("written", [as_parquet, as_arrow, as_stream, as_csv])
def test_any_table_will_do(written: object, web: Site, circuits: Circuits, tmp_path: Path) -> None:
    assert callable(written)
    written(tmp_path / "table")

    with circuits.population(serve(web, (tmp_path / "table").read_bytes())) as population:
        assert pq.read_table(population.parquet).to_pydict() == TABLE.to_pydict()
        assert [(column.name, column.missing) for column in population.profile.columns] == [("name", 1), ("age", 0)]


def test_what_is_nothing_of_the_kind_is_refused_by_name() -> None:
    with pytest.raises(BadFile, match=r"'song.mp3' is no SONATA archive"):
        kind_of(b"ID3\0\0\0", "song.mp3")
    assert kind_of(gzip.compress(b""), "circuit") == "archive"

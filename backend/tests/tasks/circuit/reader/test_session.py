"""One stranger's file, from its first byte to the tables in it."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from circuit_files import node_file, plain, tar_of

from neuroagent.tasks.circuit.errors import BadFile, PopulationNotFound
from neuroagent.tasks.circuit.reader.frames import DATA, END, frame
from neuroagent.tasks.circuit.reader.session import Session


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "reader").mkdir()
    monkeypatch.chdir(tmp_path / "reader")
    return tmp_path


def given(archive: Path) -> Session:
    content = archive.read_bytes()
    talk = BytesIO(frame(DATA, content[:500]) + frame(DATA, content[500:]) + frame(END))
    return Session(talk.read)


def config(*names: str) -> tuple[str, bytes]:
    nodes: list[dict[str, Any]] = [{"nodes_file": name} for name in names]
    return "c/circuit_config.json", json.dumps({"networks": {"nodes": nodes}}).encode()


def test_a_missing_or_broken_sibling_does_not_hurt_the_population_asked_for(here: Path) -> None:
    nodes = node_file(here / "nodes.h5", plain).read_bytes()
    members = [config("gone.h5", "broken.h5", "nodes.h5"), ("c/broken.h5", b"x"), ("c/nodes.h5", nodes)]
    session = given(tar_of(here / "c.gz", members))

    session.do_unpack([])

    assert session.do_populations()["populations"] == {"p": 6}
    assert [each["what"] for each in session.do_populations()["skipped"]] == ["c/gone.h5", "c/broken.h5"]
    assert session.do_survey("p")["rows"] == 6


def test_without_a_configuration_every_file_of_nodes_counts(here: Path) -> None:
    one, two = (node_file(here / f"{name}.h5", plain, 6, name).read_bytes() for name in ("one", "two"))
    session = given(tar_of(here / "c.gz", [("a.h5", one), ("b.h5", two), ("c.h5", b"x")]))

    session.do_unpack([])

    assert session.do_populations()["populations"] == {"one": 6, "two": 6}


def test_an_archive_without_nodes_is_refused_with_the_reason(here: Path) -> None:
    session = given(tar_of(here / "c.gz", [config("nodes.h5")]))

    with pytest.raises(BadFile, match=r"No population .* \(c/nodes.h5: the archive doesn't have this file\)"):
        session.do_unpack([])


def test_another_file_takes_the_place_of_the_one_before(here: Path) -> None:
    session = Session(BytesIO().read)
    for name in ("one", "two"):
        node_file(Path(name), plain, 6, name)
        session.do_open(name, "nodes")

    assert session.do_populations()["populations"] == {"two": 6}
    with pytest.raises(PopulationNotFound):
        session.do_survey("one")


def test_a_table_is_written_with_the_columns_asked_for(here: Path) -> None:
    session = Session(BytesIO().read)
    node_file(Path("nodes"), plain)
    session.do_open("nodes", "nodes")

    assert session.do_write("p", "out", ["x"])["bytes"] == Path("out").stat().st_size

"""Archives that want to write, read or fill what isn't theirs: nothing outside appears, and nobody is stuck."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from circuit_files import node_file, plain, special, tar_of

from neuroagent.tasks.circuit.errors import BadArchive, CircuitError, TooLarge
from neuroagent.tasks.circuit.reader.supervisor import Populations, Reader

CONFIG = json.dumps({"networks": {"nodes": [{"nodes_file": "nodes.h5"}]}}).encode()
Members = list[tuple[str, bytes] | tarfile.TarInfo]


@pytest.fixture
def nodes(tmp_path: Path) -> bytes:
    return node_file(tmp_path / "made.h5", plain).read_bytes()


class Victims(Protocol):
    @property
    def reader(self) -> Reader: ...


def given(victims: Victims, content: bytes) -> Populations:
    missed = victims.reader.unpack(iter([content])).missed
    if missed:
        victims.reader.unpack(iter([content]), missed)
    return victims.reader.populations()


HARMLESS_BY_OUR_NAMES: dict[str, Callable[[bytes], Members]] = {
    "up and out": lambda nodes: [("../../../../../../tmp/pwned", b"x"), ("c/../../pwned.h5", nodes)],
    "absolute": lambda nodes: [("/etc/cron.d/pwned", b"x"), ("/tmp/pwned/nodes.h5", nodes)],
    "link, then through it": lambda nodes: [
        special("c/d", tarfile.SYMTYPE, "/tmp"),
        ("c/d/pwned", b"x"),
        ("c/d/nodes.h5", nodes),
    ],
    "chain of links": lambda nodes: [
        special("c/a", tarfile.SYMTYPE, "."),
        special("c/b", tarfile.SYMTYPE, "a/../.."),
        ("c/b/nodes.h5", nodes),
    ],
    "device": lambda nodes: [special("c/zero", tarfile.CHRTYPE), ("c/nodes.h5", nodes)],
    "block device": lambda nodes: [special("c/disk", tarfile.BLKTYPE), ("c/nodes.h5", nodes)],
    "pipe": lambda nodes: [special("c/fifo.h5", tarfile.FIFOTYPE), ("c/nodes.h5", nodes)],
    "the same name twice": lambda nodes: [("c/nodes.h5", nodes), ("c/nodes.h5", b"not this one")],
    "a name of control characters": lambda nodes: [("c/\x1b[31m\r\n.h5", nodes)],
    "a name of a thousand letters": lambda nodes: [("c/" + "n" * 3_000 + ".h5", nodes)],
    "a name that ours could be": lambda nodes: [("0", b"x"), ("1", b"y"), (".trouble", b"z"), ("nodes.h5", nodes)],
    "a file where a folder was": lambda nodes: [("c", b"x"), ("c/nodes.h5", nodes)],
    "a configuration that points out": lambda nodes: [
        ("c/circuit_config.json", CONFIG.replace(b"nodes.h5", b"/etc/passwd")),
        ("c/nodes.h5", nodes),
    ],
}


@pytest.mark.parametrize("members", HARMLESS_BY_OUR_NAMES.values(), ids=HARMLESS_BY_OUR_NAMES)
def test_names_and_links_decide_nothing(
    members: Callable[[bytes], Members], nodes: bytes, tmp_path: Path, victims: Victims
) -> None:
    content = tar_of(tmp_path / "attack.gz", members(nodes)).read_bytes()
    before = set(tmp_path.rglob("*"))

    try:
        found = given(victims, content)
    except CircuitError as refusal:
        assert "/etc/passwd" in str(refusal)  # noqa: PT017 - the one that has nothing else to offer
    else:
        assert found.populations == {"p": 6}
    assert set(tmp_path.rglob("*")) == before
    assert not Path("/etc/cron.d/pwned").exists()
    assert not Path("/tmp/pwned").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
@pytest.mark.parametrize("name", ["c/nodes.h5", "c/circuit_config.json"])
def test_a_link_in_place_of_a_file_brings_nothing_along(
    kind: bytes, name: str, tmp_path: Path, victims: Victims, secret: Path
) -> None:
    members: Members = [("c/circuit_config.json", CONFIG)] if name.endswith("h5") else []
    content = tar_of(tmp_path / "attack.gz", [*members, special(name, kind, str(secret))]).read_bytes()

    with pytest.raises(CircuitError, match="No population") as refusal:
        given(victims, content)
    assert "s3cret" not in str(refusal.value)


def bomb(size: int) -> bytes:
    """Zeros, packed a thousand times smaller."""
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=9) as packed:
        info = tarfile.TarInfo("c/nodes.h5")
        info.size = size
        packed.write(info.tobuf())
        for _ in range(size // 2**20):
            packed.write(bytes(2**20))
        packed.write(bytes(1_024))
    return made.getvalue()


def header_bomb(kind: bytes) -> bytes:
    """An extended header that says it is 4 GB long, to be read into memory as one piece."""
    info = special("c/nodes.h5", kind, size=4 * 2**30)
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=1) as packed:
        packed.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(60):
            packed.write(bytes(2**20))
    return made.getvalue()


def crowd(count: int) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", compresslevel=1) as tar:
        info = tarfile.TarInfo("c/f")
        for number in range(count):
            info.name = f"c/{number}.json"
            tar.addfile(info)
    return made.getvalue()


def sparse() -> bytes:
    header = bytearray(special("c/nodes.h5", tarfile.GNUTYPE_SPARSE, size=0).tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + bytes(1_024)


NOT_ARCHIVES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no archive": lambda: b"this is not an archive, whatever it is called\n" * 100,
    "packed nothing": lambda: gzip.compress(b""),
    "packed text": lambda: gzip.compress(b"this is not an archive" * 1_000),
    "cut off": lambda: bomb(2**24)[:5_000],
    "damaged inside": lambda: bomb(2**24)[:5_000] + b"\xff" * 5_000,
    "a header of 4 GB": lambda: header_bomb(tarfile.XHDTYPE),
    "a global header of 4 GB": lambda: header_bomb(tarfile.XGLTYPE),
    "a name of 4 GB": lambda: header_bomb(tarfile.GNUTYPE_LONGNAME),
    "a thousand configurations": lambda: crowd(1_000),
    "holes": sparse,
    "a zip": lambda: b"PK\x03\x04" + bytes(100),
    "packed twice": lambda: gzip.compress(gzip.compress(b"x" * 100_000)),
}


@pytest.mark.parametrize("made", NOT_ARCHIVES.values(), ids=NOT_ARCHIVES)
def test_what_is_no_good_archive_is_refused_with_a_sentence(made: Callable[[], bytes], victims: Victims) -> None:
    with pytest.raises(CircuitError) as refusal:
        given(victims, made())

    assert "given to a reader" not in str(refusal.value), "it was refused, not found out by an accident"


def test_a_bomb_is_noticed_before_it_fills_the_disk(victims: Victims) -> None:
    with pytest.raises((BadArchive, TooLarge), match="times its size"):
        given(victims, bomb(2**30))


def test_an_archive_that_never_ends_is_ended(tmp_path: Path) -> None:
    def endless() -> Iterator[bytes]:
        info = tarfile.TarInfo("c/edges.h5")
        info.size = 2**40
        yield info.tobuf()
        while True:
            yield bytes(2**20)

    with Reader(within=tmp_path, patience=8.0) as reader, pytest.raises(CircuitError):
        reader.unpack(endless())


def test_after_all_that_the_next_archive_is_read(victims: Victims, nodes: bytes, tmp_path: Path) -> None:
    content = tar_of(tmp_path / "good.gz", [("c/circuit_config.json", CONFIG), ("c/nodes.h5", nodes)]).read_bytes()

    assert given(victims, content).populations == {"p": 6}

"""A circuit's folder as the archive in which people pass circuits on."""

import tarfile
from pathlib import Path

from neuroagent.tasks.circuit.making.packing import pack


def test_every_file_is_packed_under_one_folder(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    for name in ("b", "a"):
        (tmp_path / "made" / name).write_text(name * 1_000, encoding="utf-8")

    pack(tmp_path / "made", tmp_path / "c.gz", name="mine")

    with tarfile.open(tmp_path / "c.gz", "r:gz") as archive:
        assert archive.getnames() == ["mine/a", "mine/b"]
        content = archive.extractfile("mine/b")
        assert content is not None
        assert content.read() == b"b" * 1_000

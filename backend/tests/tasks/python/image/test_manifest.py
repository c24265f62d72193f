"""What an image is: its parts with their digests; one byte off, and it runs nothing."""

from pathlib import Path

import pytest

from neuroagent.tasks.python.image.errors import ImageError
from neuroagent.tasks.python.image.manifest import MEMORY, Manifest, Package, digests, verify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*MEMORY, "host.mjs"):
        (tmp_path / name).write_text(name)
    packages = (Package("a", "1", "registry", "0" * 64, ("a",)),)
    Manifest("1", "3.14", ("a",), packages, {"b": "gone"}, ("a",), digests(tmp_path, [*MEMORY, "host.mjs"])).write(
        tmp_path
    )
    return tmp_path


def test_what_was_written_is_read(folder: Path) -> None:
    made = verify(folder)
    assert made.packages[0].imports == ("a",)
    assert made.left_out == {"b": "gone"}


@pytest.mark.parametrize("name", [MEMORY[0], "host.mjs"])
def test_a_changed_part_is_refused_with_the_way_out(folder: Path, name: str) -> None:
    (folder / name).write_text("changed")
    with pytest.raises(ImageError, match=r"isn't what its manifest says.*\./dev sandbox build"):
        verify(folder)


def test_a_missing_part_is_refused(folder: Path) -> None:
    (folder / "base.memory").unlink()
    with pytest.raises(ImageError, match="can't be read"):
        verify(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"packages": [1]}'])
def test_a_broken_manifest_is_no_manifest(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ImageError, match="no sandbox image"):
        Manifest.read(folder)


def test_sessions_are_bound_to_what_lies_in_memory_and_not_to_the_programs_around_it(folder: Path) -> None:
    made = verify(folder)
    other_program = Manifest(**{**vars(made), "files": {**made.files, "host.mjs": "x"}})
    other_memory = Manifest(**{**vars(made), "files": {**made.files, "base.memory": "x"}})

    assert other_program.digest == made.digest
    assert other_memory.digest != made.digest

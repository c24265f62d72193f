"""Pyodide's own part of an image: checked against what we know, and edited."""

from pathlib import Path

import pytest
import sandboxes

from neuroagent.tasks.python.image import pyodide
from neuroagent.tasks.python.image.errors import ImageError


def test_a_file_that_is_not_what_we_know_stops_the_build(tmp_path: Path) -> None:
    folder = tmp_path / f"pyodide-{pyodide.VERSION}"
    folder.mkdir()
    for name in pyodide.FILES:
        (folder / name).write_text("something else")

    with pytest.raises(ImageError, match="delete"):
        pyodide.fetch(tmp_path)


@pytest.mark.parametrize("times", [0, 2])
def test_a_place_to_edit_that_is_not_there_once_stops_the_build(times: int) -> None:
    source = "".join(old for old, _ in pyodide.EDITS[1:]) + pyodide.EDITS[0][0] * times
    with pytest.raises(ImageError, match=f"{times} times"):
        pyodide._edited(source)


def named(name: str) -> str:
    return f'{name}=Module["{name}"]=wasmExports["{name[1:]}"];'


def test_names_that_nobody_reads_go_and_the_others_stay() -> None:
    names = ["_set_method_docstring", "_malloc", "_unread", "_Py_Version"]
    head, tail = "function f(){_malloc(1);_set_method_docstring()}", "}var wasmImports={a:1}"
    source = f"{head}var {','.join(names)};function assign(){{{''.join(map(named, names))}{tail}"

    left = pyodide._without_unread_names(source)

    assert "_unread" not in left
    assert [left.count(name) for name in ("_malloc", "_Py_Version")] == [4, 3]
    assert left.endswith('wasmExports["Py_Version"]}var wasmImports={a:1}')


@pytest.mark.parametrize("times", [0, 2])
def test_names_that_are_not_declared_once_stop_the_build(times: int) -> None:
    with pytest.raises(ImageError, match="not once"):
        pyodide._without_unread_names("var _set_method_docstring,_malloc;" * times)


def test_the_edits_are_in_the_image(image: Path) -> None:
    source = (image / "pyodide.asm.mjs").read_text()

    assert all(source.count(new) == 1 for _, new in pyodide.EDITS)
    assert pyodide.fetch(sandboxes.ROOT / "cache").lock.is_file()

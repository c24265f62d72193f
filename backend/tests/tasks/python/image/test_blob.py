"""All packages in one file, with an index of where in it each module lies."""

from pathlib import Path
from zipfile import ZipFile

from neuroagent.tasks.python.image.blob import imports, pack
from neuroagent.tasks.python.image.sources import Wheel


def wheel(folder: Path, **files: str) -> Wheel:
    path = folder / "a-1-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return Wheel(path, "test", "0" * 64)


def test_each_file_lies_where_the_index_says(tmp_path: Path) -> None:
    index = pack([wheel(tmp_path, **{"b/y.py": "second", "a.py": "first"})], tmp_path / "blob")

    blob = (tmp_path / "blob").read_bytes()
    assert [(path, blob[offset : offset + length]) for path, offset, length in index] == [
        ("a.py", b"first"),
        ("b/y.py", b"second"),
    ]


def test_nothing_is_placed_outside_and_tests_and_headers_stay_away(tmp_path: Path) -> None:
    hostile = {
        "../up.py": "x",
        "/etc/passwd": "x",
        "a/../../b.py": "x",
        "a/tests/t.py": "x",
        "a/x.h": "x",
        "a/ok.py": "x",
    }
    assert [path for path, _, _ in pack([wheel(tmp_path, **hostile)], tmp_path / "blob")] == ["a/ok.py"]


def test_the_data_folder_of_a_wheel_is_opened_up(tmp_path: Path) -> None:
    files = {"a-1.data/purelib/a/x.py": "x", "a-1.data/scripts/tool": "x"}
    assert [path for path, _, _ in pack([wheel(tmp_path, **files)], tmp_path / "blob")] == ["a/x.py"]


def test_what_can_be_imported_is_known(tmp_path: Path) -> None:
    files = {
        "six.py": "",
        "pkg/__init__.py": "",
        "_c.cpython-314-wasm32-emscripten.so": "",
        "a-1.dist-info/METADATA": "",
    }
    assert imports(wheel(tmp_path, **files)) == ["_c", "pkg", "six"]

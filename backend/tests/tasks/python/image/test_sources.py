"""Where a package's wheel comes from: always under a hash."""

import hashlib
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from pyodide_lock import PyodideLockSpec

from neuroagent.tasks.python.image.sources import Distribution, Folder, NotThere, Registry, distribution_address

NAME = "a-1.0-py3-none-any.whl"


def put_wheel(folder: Path, name: str = NAME) -> str:
    folder.mkdir(exist_ok=True)
    with ZipFile(folder / name, "w") as archive:
        archive.writestr("a.py", "x = 1")
        archive.writestr("a-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n")
        archive.writestr("a-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("a-1.0.dist-info/RECORD", "")
    return hashlib.sha256((folder / name).read_bytes()).hexdigest()


def index(folder: Path, digest: str) -> str:
    """A package index as a folder of pages, as any static mirror is."""
    page = folder / "simple" / "a"
    page.mkdir(parents=True)
    (page / "index.html").write_text(f'<a href="../../{NAME}#sha256={digest}">{NAME}</a>')
    return (folder / "simple").as_uri()


def distribution(tmp_path: Path, digest: str) -> Distribution:
    package = {"name": "a", "version": "1.0", "file_name": NAME, "install_dir": "site", "sha256": digest}
    info = {"arch": "wasm32", "platform": "emscripten", "version": "1", "python": "3.14"}
    lock = PyodideLockSpec.model_validate({"info": info, "packages": {"a": package}})
    (tmp_path / "kept").mkdir()
    return Distribution(tmp_path / "kept", (tmp_path / "there").as_uri(), lock)


def test_the_registry_is_asked_as_pip_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = put_wheel(tmp_path / "files")
    monkeypatch.setenv("PIP_INDEX_URL", index(tmp_path / "files", digest))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    (tmp_path / "kept").mkdir()

    wheel = Registry(tmp_path / "kept").wheel(Requirement("a>=1"))

    assert (wheel.version, wheel.sha256) == ("1.0", digest)


def test_what_the_registry_sends_under_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_wheel(tmp_path / "files")
    monkeypatch.setenv("PIP_INDEX_URL", index(tmp_path / "files", "0" * 64))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    (tmp_path / "kept").mkdir()

    with pytest.raises(NotThere):
        Registry(tmp_path / "kept").wheel(Requirement("a"))


def test_the_distribution_is_held_to_its_lock(tmp_path: Path) -> None:
    digest = put_wheel(tmp_path / "there")
    assert distribution(tmp_path, digest).wheel(Requirement("a")).sha256 == digest


@pytest.mark.parametrize(
    ("wanted", "digest", "why"),
    [("a", "0" * 64, "doesn't match its hash"), ("a>=2", "", "has 1.0 only"), ("b", "", "not in Pyodide's")],
)
def test_why_the_distribution_has_none(tmp_path: Path, wanted: str, digest: str, why: str) -> None:
    put_wheel(tmp_path / "there")
    with pytest.raises(NotThere, match=why):
        distribution(tmp_path, digest).wheel(Requirement(wanted))


def test_a_distribution_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="can't be reached"):
        distribution(tmp_path, "0" * 64).wheel(Requirement("a"))


def test_a_folder_gives_only_what_its_sums_say(tmp_path: Path) -> None:
    digest = put_wheel(tmp_path / "there")
    with pytest.raises(NotThere, match="SHA256SUMS"):
        Folder(tmp_path / "there").wheel(Requirement("a"))

    (tmp_path / "there" / "SHA256SUMS").write_text(f"{digest}  {NAME}\n")
    assert Folder(tmp_path / "there").wheel(Requirement("a")).sha256 == digest


def test_a_folder_does_not_give_what_is_made_for_other_machines(tmp_path: Path) -> None:
    put_wheel(tmp_path / "there", "a-1.0-cp314-cp314-win_amd64.whl")
    with pytest.raises(NotThere, match="not in the local folder"):
        Folder(tmp_path / "there").wheel(Requirement("a"))


def test_the_loader_says_where_the_distribution_lies(tmp_path: Path) -> None:
    loader = tmp_path / "pyodide.mjs"
    loader.write_text(json.dumps("x=`https://cdn.example/pyodide/v${U}/full/`"))
    assert distribution_address(loader).startswith("https://cdn.example/pyodide/v3")

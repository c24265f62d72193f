"""From a list of packages to an image."""

import hashlib
import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
import sandboxes

from neuroagent.tasks.python.image import build
from neuroagent.tasks.python.image.manifest import Manifest, verify
from neuroagent.tasks.python.slot import Limits, Slot


@pytest.fixture
def root(image: Path, tmp_path: Path) -> Path:
    """With everything fetched already, in a folder of the kind that people have."""
    folder = tmp_path / "Ann's 100% ämne #1"
    shutil.copytree(sandboxes.ROOT / "cache", folder / "cache", ignore=shutil.ignore_patterns("deno"))
    return folder


def numpy_of_small_stature(root: Path, wheels: Path) -> None:
    """A compiled package under numpy's name: msgpack's, so that all that numpy's takes is taken."""
    [msgpack] = (root / "cache" / "wheels").glob("msgpack-*.whl")
    wheels.mkdir()
    path = wheels / "numpy-99.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
    with ZipFile(msgpack) as given, ZipFile(path, "w") as made:
        for name in [name for name in given.namelist() if ".dist-info/" not in name]:
            made.writestr(name.replace("msgpack/", "numpy/"), given.read(name))
        made.writestr("numpy-99.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: numpy\nVersion: 99.0\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (wheels / "SHA256SUMS").write_text(f"{digest}  {path.name}\n")


def test_a_compiled_package_takes_numpys_way_through_the_real_loader(root: Path) -> None:
    numpy_of_small_stature(root, root / "local")
    recipe = build.Recipe(("numpy",), ("numpy",), "file:///no", root / "local")

    made = build.build(recipe, root, lambda text, fraction: None)

    assert [(package.name, package.source) for package in made.packages] == [("numpy", "local folder")]
    assert made.preloaded == ("numpy",)
    slot = Slot.start(build.current(root), Limits(memory_mb=512))
    try:
        slot.half()
        slot.begin()
        slot.ready()
        script = "import numpy\nnumpy.unpackb(numpy.packb({'a': 2.5}))"
        news = list(slot.run(script, {}, 60))
        assert json.loads(news[-1].payload)["value"]["json_value"] == {"a": 2.5}
    finally:
        slot.kill()


def test_the_same_parts_make_the_same_image(root: Path) -> None:
    recipe = build.Recipe((), ("json",))

    first = build.build(recipe, root, lambda text, fraction: None)
    second = build.build(recipe, root, lambda text, fraction: None)

    assert first == second


def test_an_image_is_what_its_manifest_says(image: Path) -> None:
    made = verify(image)

    assert {"plotly", "pydantic-core", "msgpack"} <= {package.name for package in made.packages}
    assert "nowhere-to-be-had" in made.left_out
    assert build.has_our_runner(made)


def test_an_image_of_other_programs_is_noticed(image: Path) -> None:
    made = Manifest.read(image)
    other = Manifest(**{**vars(made), "files": {**made.files, "host.mjs": "0" * 64}})
    assert not build.has_our_runner(other)

"""A real image for the tests of the sandbox: built once in a checkout, and again when its recipe or programs change."""

import fcntl
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from neuroagent.tasks.python.image import build
from neuroagent.tasks.python.image.errors import ImageError, OutOfReach
from neuroagent.tasks.python.image.manifest import Manifest

ROOT: Final = Path(__file__).resolve().parents[2] / ".dev" / "sandbox"
RECIPE: Final = build.Recipe(
    ("plotly", "pydantic", "msgpack", "nowhere-to-be-had"),
    ("plotly.graph_objects", "pydantic"),  # msgpack, compiled too, is loaded by those scripts that import it
    "file:///no",
)


@cache
def image() -> Path:
    return built(ROOT, RECIPE)


def built(root: Path, recipe: build.Recipe) -> Path:
    """The image's folder; without a way to the registries there is none, and the test says so."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(root, recipe):
            try:
                build.build(recipe, root, lambda text, fraction: None)
            except OutOfReach as error:
                pytest.skip(f"no sandbox image can be built here: {error}")
    return build.current(root)


def _is_current(root: Path, recipe: build.Recipe) -> bool:
    try:
        made = Manifest.read(build.current(root))
    except ImageError:
        return False
    return made.asked == recipe.packages and build.has_our_runner(made)

"""A real image for the tests of the sandbox: built once in a checkout, and again when its recipe or programs change."""

import fcntl
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from neuroagent.tasks.python.image import build
from neuroagent.tasks.python.image.errors import ImageError
from neuroagent.tasks.python.image.manifest import Manifest

ROOT: Final = Path(__file__).resolve().parents[2] / ".dev" / "sandbox"
RECIPE: Final = build.Recipe(
    ("plotly", "pydantic", "msgpack", "nowhere-to-be-had"),
    ("plotly.graph_objects", "pydantic", "msgpack"),
    "file:///no",
)


@cache
def image() -> Path:
    """Its folder; without a way to the registries there is none, and the test says so."""
    ROOT.mkdir(parents=True, exist_ok=True)
    with (ROOT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current():
            try:
                build.build(RECIPE, ROOT, lambda text, fraction: None)
            except ImageError as error:
                pytest.skip(f"no sandbox image can be built here: {error}")
    return build.current(ROOT)


def _is_current() -> bool:
    try:
        made = Manifest.read(build.current(ROOT))
    except ImageError:
        return False
    return made.asked == RECIPE.packages and build.has_our_runner(made)

"""A small sandbox image, built once, and arenas around it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.sandbox.arena import LIMITS, Arena, arena, without_inner_walls
from sandboxes import built
from tasks.wall.hostile import Surroundings, surroundings

from neuroagent.tasks.python.image.build import Recipe

ROOT = Path(__file__).resolve().parents[4] / ".dev" / "sandbox-bare"


@pytest.fixture(scope="session")
def readable() -> Iterator[Path]:
    """A folder that other users may walk through; pytest's own is closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def image() -> Path:
    """Without packages: no attack needs one, and it boots faster. The checkout keeps it, for fetching takes seconds."""
    return built(ROOT, Recipe((), ()))


@pytest.fixture(scope="session")
def around(readable: Path) -> Iterator[Surroundings]:
    folder = readable / "around"
    folder.mkdir(mode=0o755)
    with surroundings(folder) as things:
        yield things


@pytest.fixture(scope="session")
def sandbox(image: Path, around: Surroundings) -> Iterator[Arena]:
    with arena(image, LIMITS, around) as opened:
        yield opened


@pytest.fixture(scope="session")
def opened(image: Path, around: Surroundings, readable: Path) -> Iterator[Arena]:
    """The same with every Deno permission granted: only the operating system's wall is left."""
    folder, limits = without_inner_walls(image, readable)
    with arena(folder, limits, around) as ready:
        yield ready

"""`python -m neuroagent.tasks.python.image build | list | add NAME … | check`, which is what ./dev sandbox runs."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from packaging.requirements import InvalidRequirement, Requirement

from neuroagent.config.settings import SettingsError
from neuroagent.tasks.config import SandboxSettings, WorkerSettings
from neuroagent.tasks.python.image import build, catalogue, keeping, manifest
from neuroagent.tasks.python.image.errors import ImageError
from neuroagent.tasks.wall.wall import Wall

USAGE: Final = "It takes one of: build, list, add NAME …, check."
WIDTH: Final = 24


@dataclass
class Bar:
    """On a terminal one line that fills; elsewhere nothing but the end."""

    stream: TextIO

    def __call__(self, text: str, fraction: float) -> None:
        if self.stream.isatty():
            full = round(WIDTH * fraction)
            room = max(0, shutil.get_terminal_size().columns - WIDTH - 4)
            self.stream.write(f"\r\x1b[K{'█' * full}{'·' * (WIDTH - full)}  {text[:room]}")
            self.stream.flush()

    def clear(self) -> None:
        if self.stream.isatty():
            self.stream.write("\r\x1b[K")


def main(arguments: Sequence[str]) -> int:
    try:
        return _dispatch(list(arguments), WorkerSettings.load().sandbox)
    except (ImageError, SettingsError) as error:
        _say(str(error), sys.stderr)
        return 1


def _dispatch(arguments: list[str], settings: SandboxSettings) -> int:
    root = settings.image.expanduser().resolve()
    match arguments:
        case ["build"]:
            return _build(settings, root)
        case ["build", "--if-stale"]:
            return 0 if is_fresh(settings, root) else _build(settings, root)
        case ["list"]:
            return _list(root)
        case ["add", first, *more]:
            _note(root, [first, *more])
            return _build(settings, root)
        case ["check"]:
            return _check(root)
        case _:
            _say(USAGE, sys.stderr)
            return 2


def recipe(settings: SandboxSettings, root: Path) -> build.Recipe:
    """What the settings ask for, and what was added by hand."""
    packages = tuple(dict.fromkeys((*settings.listed(settings.packages), *_noted(root))))
    return build.Recipe(packages, settings.listed(settings.preload), settings.distribution, settings.wheels)


def is_fresh(settings: SandboxSettings, root: Path) -> bool:
    """Whether the image in force is what a build would make, as far as can be told without one."""
    try:
        made = manifest.Manifest.read(build.current(root))
    except ImageError:
        return False
    return made.asked == recipe(settings, root).packages and build.has_our_runner(made)


def _build(settings: SandboxSettings, root: Path) -> int:
    bar = Bar(sys.stderr)
    try:
        made = build.build(recipe(settings, root), root, bar)
    finally:
        bar.clear()
    removed = keeping.remove_superfluous(root)
    if removed:
        _say(f"Removed what no worker uses: {', '.join(folder.name for folder in removed)}.")
    _say(f"The sandbox's image has {len(made.packages)} packages.\n\n{catalogue.table(made)}")
    if made.left_out:
        _say(
            "\nWhat is left out can be had where its source can be reached, or from a folder of wheels with their\n"
            "SHA256SUMS (TASKS_SANDBOX__WHEELS). Until then, a script that imports it is told so."
        )
    return 0


def _list(root: Path) -> int:
    _say(catalogue.table(manifest.Manifest.read(build.current(root))))
    images = "\n".join(map(str, keeping.kept(root)))
    _say(f"\nImages in {root}:\n{images}")
    return 0


def _check(root: Path) -> int:
    folder = build.current(root)
    made = manifest.verify(folder)
    _say(f"{folder}\nEvery byte is what the manifest says; sessions are bound to {made.digest[:16]}.\n")
    for layer in Wall(read=(folder,)).survey():
        _say(str(layer))
    return 0


def _note(root: Path, names: Sequence[str]) -> None:
    for name in names:
        try:
            Requirement(name)
        except InvalidRequirement:
            raise ImageError(f"{name!r} is no name of a package.") from None
    root.mkdir(parents=True, exist_ok=True)
    noted = dict.fromkeys((*_noted(root), *names))
    (root / "added").write_text("\n".join(noted), encoding="utf-8")


def _noted(root: Path) -> list[str]:
    added = root / "added"
    return added.read_text(encoding="utf-8").split() if added.exists() else []


def _say(text: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

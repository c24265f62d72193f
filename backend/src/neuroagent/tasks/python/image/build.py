"""From a list of packages to an image: fetch, pack, boot once, write memory down, describe."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deno import find_deno_bin
from packaging.requirements import Requirement
from pyodide_lock import PyodideLockSpec

from neuroagent.tasks.python.image import blob, manifest, pyodide
from neuroagent.tasks.python.image.errors import ImageError
from neuroagent.tasks.python.image.packages import Choice, choose
from neuroagent.tasks.python.image.sources import Distribution, Folder, Registry, Source, distribution_address

RUNNER: Final = Path(__file__).parent.parent / "runner"
Tell = Callable[[str, float], None]


@dataclass(frozen=True)
class Recipe:
    """What to build and from where; `distribution` stands in for the address that Pyodide's loader names."""

    packages: tuple[str, ...]
    preload: tuple[str, ...]
    distribution: str | None = None
    wheels: Path | None = None


def build(recipe: Recipe, root: Path, tell: Tell) -> manifest.Manifest:
    """The new image takes the old one's place at once, or not at all."""
    cache = root / "cache"
    (cache / "wheels").mkdir(parents=True, exist_ok=True)
    tell("Pyodide", 0.0)
    parts = pyodide.fetch(cache)
    draft = root / f"draft.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        made = _fill(draft, recipe, parts, cache / "wheels", tell)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return _put_in_place(draft, root, made)


def _fill(draft: Path, recipe: Recipe, parts: pyodide.Pyodide, wheels: Path, tell: Tell) -> manifest.Manifest:
    choice = choose(recipe.packages, _sources(recipe, parts, wheels), _counting(recipe, tell))
    tell("packing", 0.7)
    parts.put_into(draft)
    index = blob.pack((choice.wheels[name] for name in sorted(choice.wheels)), draft / "packages.blob")
    versions = {"pyodide": pyodide.VERSION, "python": f"{pyodide.PYTHON}.2", "abi": pyodide.ABI, "build": pyodide.BUILD}
    described = {"versions": versions, "index": index}
    (draft / "packages.json").write_text(json.dumps(described, separators=(",", ":")), encoding="utf-8")
    for file in runner_files():
        shutil.copyfile(file, draft / file.name)
    tell("writing memory down", 0.8)
    preloaded = _boot_once(draft, _preload(recipe, choice))
    tell("describing", 0.95)
    made = _described(draft, recipe, choice, preloaded)
    made.write(draft)
    return made


def has_our_runner(made: manifest.Manifest) -> bool:
    """An image carries the programs it was built with; they and this worker must be of one mind."""
    ours = {file.name: manifest.digests(file.parent, [file.name])[file.name] for file in runner_files()}
    return ours.items() <= made.files.items()


def runner_files() -> list[Path]:
    return sorted(path for path in RUNNER.iterdir() if path.suffix in {".mjs", ".py"})


def _sources(recipe: Recipe, parts: pyodide.Pyodide, wheels: Path) -> Sequence[Source]:
    address = recipe.distribution or distribution_address(parts.folder / "pyodide.mjs")
    lock = PyodideLockSpec.from_json(_readable_lock(parts.lock, wheels))
    local = [Folder(recipe.wheels)] if recipe.wheels else []
    return [Registry(wheels), Distribution(wheels, address, lock), *local]


def _readable_lock(lock: Path, folder: Path) -> Path:
    """Newer locks have more and less in them than the reader for Python 3.11 knows."""
    written = json.loads(lock.read_text(encoding="utf-8"))
    known = {"name", "version", "file_name", "install_dir", "sha256", "package_type", "imports", "depends"}
    written["packages"] = {
        name: {key: value for key, value in spec.items() if key in known} for name, spec in written["packages"].items()
    }
    readable = folder / "pyodide-lock.json"
    readable.write_text(
        json.dumps({"info": {"version": pyodide.VERSION, **written["info"]}, "packages": written["packages"]}),
        encoding="utf-8",
    )
    return readable


def _counting(recipe: Recipe, tell: Tell) -> Callable[[str], None]:
    """Nobody knows beforehand how many packages the packages need; the bar comes closer and closer."""
    seen = [0]

    def count(name: str) -> None:
        seen[0] += 1
        tell(name, 0.05 + 0.6 * seen[0] / (seen[0] + len(recipe.packages)))

    return count


def _preload(recipe: Recipe, choice: Choice) -> list[str]:
    there = {name for wheel in choice.wheels.values() for name in blob.imports(wheel)}
    return [name for name in recipe.preload if name.partition(".")[0] in there or not _is_package(name, choice)]


def _is_package(name: str, choice: Choice) -> bool:
    """Whether it would have come from a package, rather than with Python itself."""
    return name.partition(".")[0] in {Requirement(asked).name.replace("-", "_") for asked in choice.left_out}


def _boot_once(draft: Path, preload: Sequence[str]) -> tuple[str, ...]:
    reach = (f"--allow-read={draft}", f"--allow-write={draft}")
    alone = ("--no-prompt", "--no-remote", "--no-npm", "--no-config", "--no-lock")
    command = [find_deno_bin(), "run", *reach, *alone, str(draft / "make.mjs"), draft.resolve().as_uri(), *preload]
    quiet = {"NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1", "DENO_DIR": str(draft / "deno")}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)  # noqa: S603 - never through a shell
    shutil.rmtree(draft / "deno", ignore_errors=True)
    if done.returncode:
        raise ImageError(f"The sandbox didn't boot: {(done.stderr or done.stdout)[-2000:]}")
    outcome: dict[str, str] = json.loads(done.stdout.splitlines()[-1])["report"]
    return tuple(name for name, trouble in outcome.items() if not trouble)


def _described(draft: Path, recipe: Recipe, choice: Choice, preloaded: tuple[str, ...]) -> manifest.Manifest:
    packages = tuple(
        manifest.Package(name, wheel.version, wheel.source, wheel.sha256, tuple(blob.imports(wheel)))
        for name, wheel in sorted(choice.wheels.items())
    )
    files = manifest.digests(draft, [path.name for path in draft.iterdir() if path.is_file()])
    return manifest.Manifest(
        pyodide.VERSION,
        pyodide.PYTHON,
        recipe.packages,
        packages,
        dict(sorted(choice.left_out.items())),
        preloaded,
        files,
    )


def _put_in_place(draft: Path, root: Path, made: manifest.Manifest) -> manifest.Manifest:
    """A running sandbox goes on with the folder it has opened."""
    digest = manifest.digests(draft, [manifest.NAME])[manifest.NAME][:16]
    folder = root / digest
    if folder.exists():
        shutil.rmtree(draft)
    else:
        draft.replace(folder)
    pointer = root / f"current.{os.getpid()}"
    pointer.write_text(digest, encoding="utf-8")
    pointer.replace(root / "current")
    return made


def current(root: Path) -> Path:
    """The folder of the image in force."""
    try:
        return root / (root / "current").read_text(encoding="utf-8").strip()
    except OSError:
        raise ImageError(f"There is no sandbox image in {root}. {manifest.BUILD_AGAIN}") from None

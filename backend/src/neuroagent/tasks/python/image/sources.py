"""Where a package's wheel comes from: the registry, Pyodide's own distribution, a local folder; always under a hash."""

import hashlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from pyodide_lock import PyodideLockSpec

from neuroagent.tasks.python.image.pyodide import ABI, PYTHON, VERSION

PLATFORM: Final = f"pyemscripten_{ABI}_wasm32"
PATIENCE: Final = 120  # seconds for one wheel


@dataclass(frozen=True)
class Wheel:
    """A file whose hash was checked against what its source says of it."""

    path: Path
    source: str
    sha256: str

    @property
    def version(self) -> str:
        return str(parse_wheel_filename(self.path.name)[1])


class NotThere(Exception):
    """The source doesn't have it; the message says why, in few words."""


class Source(Protocol):
    def wheel(self, wanted: Requirement) -> Wheel: ...


@dataclass(frozen=True)
class Registry:
    """Asked through pip, which reads the machine's own configuration and checks the index's hashes."""

    folder: Path

    def wheel(self, wanted: Requirement) -> Wheel:
        draft = self.folder / f"draft-{canonicalize_name(wanted.name)}"
        shutil.rmtree(draft, ignore_errors=True)
        done = subprocess.run(_pip(wanted, draft), capture_output=True, text=True, check=False)  # noqa: S603 - never through a shell
        found = next(draft.glob("*.whl"), None)
        if done.returncode or found is None:
            raise NotThere(_reason(done.stderr))
        kept = found.replace(self.folder / found.name)
        draft.rmdir()
        return Wheel(kept, "registry", _sha256(kept))


def _pip(wanted: Requirement, draft: Path) -> list[str]:
    version = PYTHON.replace(".", "")
    tags = ("--platform", PLATFORM, "--python-version", PYTHON, "--implementation", "cp", "--abi", f"cp{version}")
    options = ("--only-binary", ":all:", "--no-deps", "--quiet", "--disable-pip-version-check", "--retries", "2")
    asked = f"{wanted.name}{wanted.specifier}"
    return [sys.executable, "-m", "pip", "download", *options, *tags, "--dest", str(draft), asked]


def _reason(said: str) -> str:
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR")]
    return "no wheel for the sandbox" if any("No matching" in line for line in lines) else "; ".join(lines)[-200:]


@dataclass(frozen=True)
class Distribution:
    """The wheels that Pyodide's makers build, with the hashes of its lock file."""

    folder: Path
    address: str
    lock: PyodideLockSpec

    def wheel(self, wanted: Requirement) -> Wheel:
        spec = self.lock.packages.get(canonicalize_name(wanted.name))
        if spec is None:
            raise NotThere("not in Pyodide's distribution")
        if not wanted.specifier.contains(spec.version, prereleases=True):
            raise NotThere(f"Pyodide's distribution has {spec.version} only")
        kept = self.folder / Path(spec.file_name).name
        if not kept.exists() or _sha256(kept) != spec.sha256:
            _get(f"{self.address.rstrip('/')}/{spec.file_name}", kept)
        if _sha256(kept) != spec.sha256:
            kept.unlink()
            raise NotThere("what Pyodide's distribution sent doesn't match its hash")
        return Wheel(kept, "Pyodide's distribution", spec.sha256)


def distribution_address(loader: Path) -> str:
    """Where Pyodide's own loader would look."""
    found = re.search(r"https://[\w./-]+/v\$\{\w+\}/full/", loader.read_text(encoding="utf-8"))
    return re.sub(r"\$\{\w+\}", VERSION, found[0]) if found else ""


def _get(address: str, to: Path) -> None:
    if not address.startswith(("https://", "http://", "file://")):
        raise NotThere("no address of Pyodide's distribution is known")
    draft = to.with_name(f"{to.name}.part")
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer, draft.open("wb") as file:  # noqa: S310 - looked at above
            shutil.copyfileobj(answer, file)
    except (OSError, urllib.error.URLError) as error:
        raise NotThere(f"Pyodide's distribution can't be reached ({getattr(error, 'reason', error)})") from None
    draft.replace(to)


@dataclass(frozen=True)
class Folder:
    """Wheels that somebody put there; SHA256SUMS beside them says what they are to be."""

    folder: Path

    def wheel(self, wanted: Requirement) -> Wheel:
        sums = self._sums()
        fitting = [path for path in sorted(self.folder.glob("*.whl")) if _fits(path, wanted)]
        if not fitting:
            raise NotThere("not in the local folder")
        best = max(fitting, key=lambda path: parse_wheel_filename(path.name)[1])
        digest = _sha256(best)
        if sums.get(best.name) != digest:
            raise NotThere(f"{best.name} isn't in the local folder's SHA256SUMS with this hash")
        return Wheel(best, "local folder", digest)

    def _sums(self) -> dict[str, str]:
        listing = self.folder / "SHA256SUMS"
        lines = listing.read_text(encoding="utf-8").splitlines() if listing.exists() else []
        pairs = [line.split(maxsplit=1) for line in lines if len(line.split(maxsplit=1)) == 2]  # noqa: PLR2004 - a digest and a name
        return {name.lstrip("*"): digest for digest, name in pairs}


def _fits(path: Path, wanted: Requirement) -> bool:
    name, version, _, tags = parse_wheel_filename(path.name)
    usable = any(tag.platform in {"any", PLATFORM} for tag in tags)
    return usable and name == canonicalize_name(wanted.name) and wanted.specifier.contains(version, prereleases=True)


def first(sources: Iterable[Source], wanted: Requirement) -> Wheel:
    """In their order; when none has it, every one says why."""
    reasons = []
    for source in sources:
        try:
            return source.wheel(wanted)
        except NotThere as reason:
            reasons.append(str(reason))
    raise NotThere("; ".join(reasons))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""The environments in `.dev`: each exactly what its lock says, and free of charge while that has not changed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.errors import InstallFailed
from neuroagent.launcher.exclusive import exclusive
from neuroagent.launcher.uv import run_uv

SIDES = {
    "app": "The app's packages",
    "tasks": "The workers' packages",
    "dev": "The developers' packages",
    "bench": "The benchmarks' packages",
}


@dataclass(frozen=True)
class Environment:
    checkout: Checkout
    name: str

    @property
    def folder(self) -> Path:
        return self.checkout.brought / self.name

    @property
    def scripts(self) -> Path:
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        return self.scripts / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / "stamp"

    def is_current(self) -> bool:
        return self.python.exists() and _read(self.stamp) == self.wanted()

    def wanted(self) -> str:
        """Lock, Python and place: an environment does not survive being moved."""
        return f"{self.checkout.digest(self.name)}\n{self.python_version()}\n{self.folder}\n"

    def python_version(self) -> str:
        lines = _read(self.folder / "pyvenv.cfg").splitlines()
        return next((line.partition("=")[2].strip() for line in lines if line.startswith("version")), "")

    def variables(self, environ: Mapping[str, str]) -> dict[str, str]:
        """For a command typed inside it, as if it were activated."""
        path = os.pathsep.join([str(self.scripts), *filter(None, [environ.get("PATH")])])
        own = {"PATH": path, "VIRTUAL_ENV": str(self.folder), "PYTHONPATH": str(self.checkout.sources)}
        return {**environ, **own}


def bring_up_to_date(environment: Environment, uv: Callable[[], Path]) -> None:
    """The stamp comes last: an interrupted install is taken up again."""
    with exclusive(environment.checkout.brought / f"{environment.name}.lock"):
        if environment.is_current():  # another call was faster
            return
        environment.stamp.unlink(missing_ok=True)
        if not _starts(environment):
            _create(environment, uv())
        _install(environment, uv())
        _link_sources(environment)
        environment.stamp.write_text(environment.wanted())


def _starts(environment: Environment) -> bool:
    """Whether there is a Python that works, made for this very place."""
    probe = [str(environment.python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            return False
    except OSError:
        return False
    escaped = str(environment.folder).replace("'", """'"'"'""")
    activate = _read(environment.scripts / "activate")
    return f"VIRTUAL_ENV='{escaped}'" in activate


def _create(environment: Environment, uv: Path) -> None:
    shutil.rmtree(environment.folder, ignore_errors=True)
    run_uv(uv, "venv", "--quiet", "--python", sys.executable, environment.folder, folder=environment.checkout.root)


def _install(environment: Environment, uv: Path) -> None:
    lock = environment.checkout.lock(environment.name)
    options = ("--python", environment.python, "--require-hashes", lock)
    run_uv(uv, "pip", "sync", *options, folder=environment.checkout.root)


def _link_sources(environment: Environment) -> None:
    """So that `celery` and `uvicorn` find the package however they are called."""
    for packages in environment.folder.glob("lib/python3.*/site-packages"):
        (packages / "neuroagent.pth").write_text(f"{environment.checkout.sources}\n", encoding="utf-8")
        return
    raise InstallFailed(f"{environment.folder} has no site-packages; remove the folder and run the same command again.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

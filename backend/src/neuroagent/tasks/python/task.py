"""Fulfils run_python_tool: a script comes in, and what it printed, drew, made and answered goes out."""

import logging
import os
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import BinaryIO

from neuroagent.task_schemas.errors import InvalidInput, TaskError
from neuroagent.task_schemas.files import StoredFile
from neuroagent.task_schemas.python import RUN_PYTHON, RunPythonInput, RunPythonOutput
from neuroagent.tasks.config import SandboxSettings, WorkerSettings
from neuroagent.tasks.python.answer import Answer
from neuroagent.tasks.python.image import catalogue
from neuroagent.tasks.python.image.build import current, has_our_runner
from neuroagent.tasks.python.image.errors import ImageError
from neuroagent.tasks.python.image.keeping import hold
from neuroagent.tasks.python.image.manifest import BUILD_AGAIN, Manifest, verify
from neuroagent.tasks.python.line import SlotBroken, SlotSilent
from neuroagent.tasks.python.sandbox import Clock, Interpreters, Script, Session, run
from neuroagent.tasks.python.session import SessionStore
from neuroagent.tasks.python.slot import Limits
from neuroagent.tasks.python.standby import Standby
from neuroagent.tasks.runtime.report import Report
from neuroagent.tasks.runtime.task import task
from neuroagent.tasks.transfer import safe_name
from neuroagent.tasks.wall.layers import Layer, WallError

logger = logging.getLogger(__name__)

_opening = Lock()


@dataclass(frozen=True)
class Sandbox:
    """What a worker process runs scripts with."""

    manifest: Manifest
    interpreters: Interpreters
    limits: Limits
    held: BinaryIO | None = None


def opened() -> Sandbox:
    """One for each process: a worker's child must not use what its parent has started."""
    with _opening:  # the first job may come while the worker's start is still at it
        return _opened(os.getpid())


@cache
def _opened(_process: int) -> Sandbox:
    settings = WorkerSettings.load().sandbox
    try:
        folder, held, manifest = _image(settings.image.expanduser())
    except ImageError as error:
        raise TaskError(str(error)) from error
    limits = limits_of(settings)
    standby = Standby(folder, limits, settings.standby)
    standby.open()
    return Sandbox(manifest, standby, limits, held)


def offer() -> str:
    """Which packages a script finds, as far as there is an image."""
    try:
        return catalogue.sentence(Manifest.read(current(WorkerSettings.load().sandbox.image.expanduser())))
    except ImageError:
        return ""


@task(RUN_PYTHON, at_start=opened, offer=offer)
def run_python(job: RunPythonInput, report: Report) -> RunPythonOutput:
    if _opening.locked():
        report("starting an interpreter")
    return run_in(opened(), job, report, report.session)


def run_in(sandbox: Sandbox, job: RunPythonInput, report: Report, store: SessionStore | None) -> RunPythonOutput:
    answer = Answer(report, sandbox.limits.output_bytes, partial(catalogue.advice, manifest=sandbox.manifest))
    session = Session(store, sandbox.manifest.digest)
    script = Script(job.python_script, _fetched(job.files, report), job.time_limit)
    try:
        clock = run(script, session, sandbox.interpreters, answer)
    except (SlotBroken, SlotSilent, WallError) as trouble:
        raise TaskError(f"No Python interpreter could be started: {trouble}") from trouble
    return _output(answer, session, clock)


def _output(answer: Answer, session: Session, clock: Clock) -> RunPythonOutput:
    return RunPythonOutput(
        status=answer.status,
        stdout=answer.text("stdout"),
        stderr=answer.text("stderr"),
        printed=tuple(answer.printed),
        cut=answer.cut,
        value=answer.value,
        error=answer.error,
        figures=tuple(answer.figures[number] for number in sorted(answer.figures)),
        files=tuple(answer.files),
        left_out=tuple(answer.left_out),
        session=session.report(),
        missing=tuple(answer.missing),
        times=clock.times(answer.run_ms),
    )


def _fetched(files: tuple[StoredFile, ...], report: Report) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    with TemporaryDirectory() as folder:
        for number, file in enumerate(files):
            name = safe_name(file.name)
            if name in contents:
                raise InvalidInput(f"Two of the files are called {name!r}; in the home folder there can be only one.")
            path = Path(folder) / str(number)
            report.fetch(file, path)
            contents[name] = path.read_bytes()
    return contents


def _image(root: Path) -> tuple[Path, BinaryIO, Manifest]:
    folder = current(root)
    held = hold(folder)
    manifest = verify(folder)
    if not has_our_runner(manifest):
        raise ImageError(f"The sandbox image in {folder} was built for another version. {BUILD_AGAIN}")
    return folder, held, manifest


def limits_of(settings: SandboxSettings) -> Limits:
    require = frozenset(Layer(name) for name in settings.listed(settings.require))
    return Limits(memory_mb=settings.memory, output_bytes=settings.output, require=require)

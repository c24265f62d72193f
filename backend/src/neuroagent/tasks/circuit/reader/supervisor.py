"""Starts readers, gives them time, and believes nothing they say before it has been checked."""

import fcntl
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from neuroagent.tasks.circuit import errors
from neuroagent.tasks.circuit.profile import Profile, Skipped
from neuroagent.tasks.circuit.reader.frames import DATA, END, HEAD, LONGEST, MESSAGE, frame, message

PROGRAM: Final = Path(__file__).with_name("program.py")
COMMAND: Final = (sys.executable, "-I", "-B", str(PROGRAM))
ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    "HDF5_PLUGIN_PRELOAD": "::",  # no code from elsewhere, whatever filter a file asks for
    "HDF5_USE_FILE_LOCKING": "FALSE",
    "OPENBLAS_NUM_THREADS": "1",
}
TROUBLE: Final = ".trouble"  # what the interpreter says before it goes
PIECE: Final = 2**18
PIPE_BYTES: Final = 2**20
ONE_REQUEST: Final = 240.0  # seconds, with the time that an archive takes to come
LONGEST_MESSAGE: Final = 2_000  # of what is shown to a person

Start = Callable[[Sequence[str], Path], subprocess.Popen[bytes]]
T = TypeVar("T")

logger = logging.getLogger(__name__)

FAILURES: Final[dict[str, type[errors.CircuitError]]] = {
    each.reason: each
    for each in (errors.BadArchive, errors.BadFile, errors.TooLarge, errors.PopulationNotFound, errors.TookTooLong)
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Populations(_Strict):
    """The populations of a file with their numbers of rows; -1: not counted yet."""

    populations: dict[str, int] = Field(max_length=10_000)
    skipped: tuple[Skipped, ...] = ()


class Unpacking(_Strict):
    missed: tuple[str, ...]
    files: int


class Written(_Strict):
    bytes: int


class _Reply(_Strict):
    ok: Any = None
    error: str | None = None
    message: str = ""


_profiles: Final = TypeAdapter(Profile)


def start_plainly(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Without walls other than those the program sets up for itself."""
    with (folder / TROUBLE).open("wb") as trouble:
        return subprocess.Popen(  # noqa: S603 - our own program, by its absolute path
            command,
            cwd=folder,
            env=dict(ENVIRONMENT),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=trouble,
            bufsize=0,
            start_new_session=True,
        )


class Reader:
    """One process for one file, in a folder of its own; both end with `close`."""

    def __init__(self, start: Start = start_plainly, within: Path | None = None, patience: float = ONE_REQUEST) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="reader-", dir=within))
        self._patience = patience
        self._process = start(COMMAND, self.folder)
        os.set_blocking(self._stdin, False)
        _widen(self._stdin)

    def greet(self) -> None:
        """Returns once it has started."""
        self._ask({"do": "greet"})

    def unpack(self, chunks: Iterable[bytes], wanted: Iterable[str] = ()) -> Unpacking:
        """Hand the archive over piece by piece, no further than the reader wants it."""
        return Unpacking.model_validate(self._ask({"do": "unpack", "wanted": sorted(wanted)}, chunks))

    def open(self, file: str, kind: str) -> Populations:
        return self._populations({"do": "open", "file": file, "kind": kind})

    def populations(self) -> Populations:
        return self._populations({"do": "populations"})

    def survey(self, population: str) -> Profile:
        return self._profile({"do": "survey", "population": population})

    def write(self, population: str, to: str, columns: Sequence[str] | None = None) -> Path:
        """A Parquet file in the reader's folder."""
        self._ask({"do": "write", "population": population, "to": to, "columns": columns and list(columns)})
        return self._made(to)

    def store(self, population: str, to: str) -> tuple[Path, Profile]:
        profile = self._profile({"do": "store", "population": population, "to": to})
        return self._made(to), profile

    def close(self) -> None:
        """Ended whatever it is doing, with everything it may have started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Reader":  # noqa: PYI034 - never subclassed
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def _stdin(self) -> int:
        if self._process.stdin is None:
            raise TypeError("a reader is started with a pipe to write to")
        return self._process.stdin.fileno()

    @property
    def _stdout(self) -> int:
        if self._process.stdout is None:
            raise TypeError("a reader is started with a pipe to read from")
        return self._process.stdout.fileno()

    def _made(self, name: str) -> Path:
        """A plain file, and not what a reader that has gone wrong may have put there."""
        path = self.folder / name
        if path.is_symlink() or not path.is_file():
            raise errors.BadFile("The reader didn't write the table that it says it wrote.")
        return path

    def _said(self) -> str:
        """Not what a link leads to that a reader may have put there."""
        try:
            with os.fdopen(os.open(self.folder / TROUBLE, os.O_RDONLY | os.O_NOFOLLOW), "rb") as trouble:
                return trouble.read()[-LONGEST_MESSAGE:].decode(errors="replace")
        except OSError:
            return ""

    def _populations(self, request: dict[str, Any]) -> Populations:
        return self._valid(TypeAdapter(Populations), self._ask(request))

    def _profile(self, request: dict[str, Any]) -> Profile:
        return self._valid(_profiles, self._ask(request))

    def _valid(self, kind: TypeAdapter[T], answer: Any) -> T:
        try:
            return kind.validate_python(answer)
        except ValidationError as error:
            raise self._gone_wrong("it answered with something else than it was asked for") from error

    def _ask(self, request: dict[str, Any], data: Iterable[bytes] = ()) -> Any:
        deadline = monotonic() + self._patience
        talk = _Talk(self._stdin, self._stdout, deadline)
        try:
            talk.send(message(request))
            if request["do"] == "unpack":
                talk.stream(data)
            raw = talk.reply()
        except TimeoutError as error:
            self.close()
            raise errors.TookTooLong(f"Reading the file took longer than {self._patience:.0f} s.") from error
        except (BrokenPipeError, EOFError) as error:
            raise self._gone_wrong("it broke down over it") from error
        return self._judged(raw)

    def _judged(self, raw: bytes) -> Any:
        try:
            reply = _Reply.model_validate_json(raw)
        except ValidationError as error:
            raise self._gone_wrong("it answered in no way that it should") from error
        if reply.error is not None:
            raise FAILURES.get(reply.error, errors.BadFile)(reply.message[:LONGEST_MESSAGE])
        return reply.ok

    def _gone_wrong(self, how: str) -> errors.CircuitError:
        self._process.poll()
        logger.warning(
            "reader.gone_wrong", extra={"how": how, "status": self._process.returncode, "said": self._said()}
        )
        self.close()
        return errors.BadFile(
            f"The file was given to a reader, and {how}; the file may be broken, or made to break it."
        )


def _widen(pipe: int) -> None:
    """Fewer changes between the two processes while an archive goes through; where the system lets us."""
    widening = getattr(fcntl, "F_SETPIPE_SZ", None)
    if widening is not None:
        with suppress(OSError):
            fcntl.fcntl(pipe, widening, PIPE_BYTES)


class _Talk:
    """One request and its answer, over pipes that may be full or silent."""

    def __init__(self, writing: int, reading: int, deadline: float) -> None:
        self._writing, self._reading, self._deadline = writing, reading, deadline
        self._came = bytearray()

    def stream(self, chunks: Iterable[bytes]) -> None:
        """Until the data ends or the answer is there."""
        for chunk in chunks:
            for start in range(0, len(chunk), PIECE):
                self.send(frame(DATA, chunk[start : start + PIECE]))
            if self._came or self._ready(write=False):
                break
        self.send(frame(END))

    def send(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._wait(write=True)
            with suppress(BlockingIOError):
                rest = rest[os.write(self._writing, rest) :]

    def reply(self) -> bytes:
        head = self._exactly(HEAD.size)
        kind, length = HEAD.unpack(head)
        if kind != MESSAGE or length > LONGEST:
            raise EOFError
        return self._exactly(length)

    def _exactly(self, size: int) -> bytes:
        while len(self._came) < size:
            self._wait(write=False)
            part = os.read(self._reading, min(size - len(self._came), 2**20))
            if not part:
                raise EOFError
            self._came += part
        found, self._came = bytes(self._came[:size]), self._came[size:]
        return found

    def _wait(self, *, write: bool) -> None:
        left = self._deadline - monotonic()
        if left < 0 or not self._ready(write=write, patience=left):
            raise TimeoutError

    def _ready(self, *, write: bool, patience: float = 0) -> bool:
        asked = select.poll()
        asked.register(self._writing if write else self._reading, select.POLLOUT if write else select.POLLIN)
        return bool(asked.poll(max(patience, 0) * 1_000))

"""From an order to a running child: the small Python that puts the wall up, and what it says of it."""

import marshal
import os
import select
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from time import monotonic
from typing import IO, Final

from neuroagent.tasks.wall.inside.order import Order
from neuroagent.tasks.wall.keeper import in_lasting_thread
from neuroagent.tasks.wall.layers import Layer, Standing, WallError, WallIncomplete
from neuroagent.tasks.wall.python import SOURCE

ENTRY: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from neuroagent.tasks.wall.inside.main import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]))"
)
PATIENCE: Final = 30.0  # seconds; it takes hundredths on a machine that has nothing else to do

Stream = int | IO[bytes] | None
Report = list[list[str]]


@dataclass(frozen=True)
class Streams:
    stdin: Stream = subprocess.DEVNULL
    stdout: Stream = subprocess.DEVNULL
    stderr: Stream = subprocess.DEVNULL
    pass_fds: tuple[int, ...] = ()


def launch(order_for: Callable[[int], Order], streams: Streams) -> tuple[subprocess.Popen[bytes], list[Standing]]:
    """Start the child, write the order for its process number, and wait until the program runs."""
    process, report = _launch(order_for, streams)
    try:
        return process, _judge(report)
    except WallError:
        _end(process)
        raise


def _launch(order_for: Callable[[int], Order], streams: Streams) -> tuple[subprocess.Popen[bytes], Report]:
    with ExitStack() as stack:
        order_out, order_in = (stack.enter_context(end) for end in _pipe())
        report_out, report_in = (stack.enter_context(end) for end in _pipe())
        process = in_lasting_thread(lambda: _spawn(order_out.fileno(), report_in.fileno(), streams))
        try:
            order_out.close()
            report_in.close()
            _send(order_in, order_for(process.pid))
            return process, _read(report_out)
        except BaseException:
            _end(process)
            raise


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    outward, inward = os.pipe()
    return os.fdopen(outward, "rb", buffering=0), os.fdopen(inward, "wb", buffering=0)


def _spawn(order: int, report: int, streams: Streams) -> subprocess.Popen[bytes]:
    library_path = os.environ.get("LD_LIBRARY_PATH")  # some Pythons don't start without
    return subprocess.Popen(  # noqa: S603 - never through a shell
        [sys.executable, "-I", "-S", "-B", "-c", ENTRY, str(SOURCE), str(order), str(report)],
        stdin=streams.stdin,
        stdout=streams.stdout,
        stderr=streams.stderr,
        pass_fds=(order, report, *streams.pass_fds),
        env={"LD_LIBRARY_PATH": library_path} if library_path else {},
        cwd="/",
        start_new_session=True,
    )


def _send(pipe: IO[bytes], order: Order) -> None:
    content = memoryview(marshal.dumps(dict(order)))
    with pipe, suppress(BrokenPipeError):  # it has ended: the report, or its lack, says so
        while content:
            content = content[pipe.write(content) :]


def _read(pipe: IO[bytes]) -> Report:
    content, end = b"", monotonic() + PATIENCE
    while select.select([pipe], [], [], max(0.0, end - monotonic()))[0]:
        read = pipe.read(4096)
        if not read:
            return [line.split("\t") for line in content.decode().splitlines()]
        content += read
    raise WallError(
        f"A child did not come up behind its wall within {PATIENCE:.0f} seconds; the machine is overloaded."
    )


def _judge(report: Report) -> list[Standing]:
    about_layers = [line for line in report if line[0] in {"stands", "missing"}]
    standings = [Standing(Layer(name), detail, kind == "stands") for kind, name, detail in about_layers]
    match report:
        case [*_, ["incomplete", required]]:
            raise WallIncomplete(one for one in standings if one.layer == required)
        case [*_, ["failed", reason]]:
            raise WallError(f"The program behind the wall could not be started: {reason}")
        case [*_, ["ready", _]]:
            return standings
    raise WallError(f"The Python that puts up the wall ended early; is {sys.executable} whole?")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()

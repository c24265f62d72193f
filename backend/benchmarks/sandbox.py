"""The Python sandbox beside the common way: a process per run that boots Pyodide and installs its wheels."""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, perf_counter, sleep
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "contenders"), str(HERE.parent / "tests")]

import sandboxes
from deno import find_deno_bin
from folder_store import FolderStore
from processes import RedisServer, redis_server, worker
from rooms import rooms

from neuroagent.task_schemas.python import RUN_PYTHON, RunPythonInput
from neuroagent.tasks.python.image.manifest import Manifest
from neuroagent.tasks.python.line import News
from neuroagent.tasks.python.session import open_sealed, seal
from neuroagent.tasks.python.slot import Limits, Slot, resident_bytes
from neuroagent.tasks.python.standby import Standby

PRINT: Final = "print(1)"
FIGURE: Final = "import plotly.graph_objects as go\nfig = go.Figure(go.Bar(x=[1, 2], y=[3, 4]))\nfig"
COMMON_FIGURE: Final = f"{FIGURE}\nlen(fig.to_json())"
SMALL: Final = "x = globals().get('x', 0) + 1\nprint(x)"
LARGE: Final = f"{FIGURE}\nbig = list(range(100_000))\ntable = [{{'n': i, 's': str(i)}} for i in range(5_000)]"
BETWEEN: Final = 0.3  # seconds: the next standby is made, and does not disturb


@dataclass(frozen=True)
class Size:
    rounds: int
    common: int
    leak_runs: int
    seconds: float


FULL: Final = Size(15, 3, 500, 40)
QUICK: Final = Size(3, 1, 5, 8)


def ran(slot: Slot, script: str) -> list[News]:
    news = list(slot.run(script, {}, 100))
    assert news[-1].event == "done", news[-1].details
    return news


def timed(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000


def common(script: str, wheels: Sequence[Path]) -> float:
    pyodide = next((sandboxes.ROOT / "cache").glob("pyodide-*"))
    command = [find_deno_bin(), "run", "-A", "--no-config", "--no-lock", str(HERE / "contenders/sandbox/common.mjs")]
    return timed(
        lambda: subprocess.run([*command, str(pyodide), script, *map(str, wheels)], check=True, capture_output=True)
    )


def cold(image: Path) -> float:
    """From nothing to the answer, in a process of its own behind the wall, without any rehearsal."""

    def run() -> None:
        slot = Slot.start(image, Limits())
        slot.begin(rehearse=False)
        slot.half()
        slot.ready()
        ran(slot, PRINT)
        slot.kill()

    return timed(run)


def standing_by(standby: Standby, script: str) -> float:
    slot = standby.take(120)
    wait_for_next(standby)
    took = timed(lambda: ran(slot, script))
    slot.kill()
    return took


def wait_for_next(standby: Standby) -> None:
    while standby._ready.empty():
        sleep(0.02)
    sleep(BETWEEN)


def session_step(standby: Standby, store: FolderStore, image: str, script: str) -> tuple[float, int]:
    """Restore, run and save, as a worker does it; → milliseconds and the bytes that are kept."""
    slot = standby.take(120)
    wait_for_next(standby)
    begun = perf_counter()
    stored = store.load()
    if stored is not None:
        assert slot.restore(open_sealed(stored, store, image).state)
    ran(slot, script)
    state = slot.dump()
    assert state is not None
    sealed = seal(state, store, image=image)
    store.save(sealed)
    took = (perf_counter() - begun) * 1000
    slot.kill()
    return took, len(sealed)


def runs_in(seconds: float, *works: Callable[[], object]) -> tuple[int, float]:
    """Side by side for so long, each again and again; → how many, and the slowest of them."""
    until, took = monotonic() + seconds, list[float]()

    def go(work: Callable[[], object]) -> None:
        while monotonic() < until:
            took.append(timed(work))

    threads = [Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(took), max(took)


def one_shot(standby: Standby) -> None:
    slot = standby.take(120)
    ran(slot, PRINT)
    standby.give_back(slot)


async def through_engine(redis: RedisServer, folder: Path, image: Path, rounds: int) -> float:
    variables = {"TASKS_SANDBOX__IMAGE": str(image.parent), "TASKS_CELERY__WORKER_CONCURRENCY": "1"}
    took = []
    async with rooms(redis, folder / "rooms") as mine:
        with worker(redis, folder, **variables):
            for _ in range(rounds + 1):
                begun = perf_counter()
                await mine.tasks.run(RUN_PYTHON, RunPythonInput(python_script=PRINT), owner="bench", trace_id="bench")
                took.append((perf_counter() - begun) * 1000)
                await asyncio.sleep(4)
    return median(took[1:])


@contextmanager
def standby_of(image: Path, size: int = 1) -> Iterator[Standby]:
    standby = Standby(image, Limits(), size)
    standby.open()
    wait_for_next(standby)
    yield standby
    standby.close()


def bench(size: Size) -> dict[str, float]:
    image = sandboxes.image()
    digest = Manifest.read(image).digest
    wheels = sorted((sandboxes.ROOT / "cache" / "wheels").glob("*.whl"))
    took: dict[str, list[float]] = {}

    def note(name: str, milliseconds: float) -> None:
        took.setdefault(name, []).append(milliseconds)

    with TemporaryDirectory(prefix="neuroagent-bench-") as scratch, standby_of(image) as standby:
        folder = Path(scratch)
        store = FolderStore(folder / "sessions", "small", b"k" * 32)
        session_step(standby, store, digest, SMALL)
        small = large = 0
        for round_ in range(size.rounds):
            note("standby, print(1)", standing_by(standby, PRINT))
            note("standby, a plotly figure", standing_by(standby, FIGURE))
            milliseconds, small = session_step(standby, store, digest, SMALL)
            note("session: restore, run, save", milliseconds)
            note("cold process, print(1)", cold(image))
            if round_ < size.common:
                note("loadPyodide, print(1)", common(PRINT, []))
                note("common way, print(1)", common(PRINT, wheels))
                note("common way, a plotly figure", common(COMMON_FIGURE, wheels))
        large_store = FolderStore(folder / "sessions", "large", b"k" * 32)
        _, large = session_step(standby, large_store, digest, LARGE)
        idle = standby.take(120)
        wait_for_next(standby)
        standby_mb = resident_bytes(idle.process.pid) / 2**20
        ran(idle, PRINT)
        before = resident_bytes(idle.process.pid)
        for _ in range(size.leak_runs):
            ran(idle, FIGURE)
        leak_mb = (resident_bytes(idle.process.pid) - before) / 2**20
        idle.kill()
        with standby_of(image) as other:  # as two worker processes have it
            many, slowest = runs_in(size.seconds, lambda: one_shot(standby), lambda: one_shot(other))
        few, _ = runs_in(size.seconds, *[lambda: common(PRINT, wheels)] * 2)
        with redis_server(folder / "redis") as redis:
            engine = asyncio.run(through_engine(redis, folder, image, size.rounds))
    middle = {name: median(values) for name, values in took.items()}
    for name, values in took.items():
        print(f"{name:<34}{min(values):>10.1f}{median(values):>10.1f}{max(values):>10.1f} ms")
    return {
        "print_ms": round(middle["standby, print(1)"], 2),
        "figure_ms": round(middle["standby, a plotly figure"], 2),
        "print_through_engine_ms": round(engine, 2),
        "speedup_print": round(middle["common way, print(1)"] / middle["standby, print(1)"], 1),
        "speedup_figure": round(middle["common way, a plotly figure"] / middle["standby, a plotly figure"], 1),
        "cold_ms": round(middle["cold process, print(1)"], 1),
        "cold_vs_loadpyodide": round(middle["cold process, print(1)"] / middle["loadPyodide, print(1)"], 4),
        "session_ms": round(middle["session: restore, run, save"], 1),
        "small_state_bytes": small,
        "large_state_bytes": large,
        "throughput_vs_common": round(many / few, 2),
        "slowest_run_vs_loadpyodide": round(slowest / middle["loadPyodide, print(1)"], 3),
        "standby_mb": round(standby_mb, 1),
        "leak_mb": round(leak_mb, 1),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench sandbox", description=__doc__, allow_abbrev=False)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--quick", action="store_true", help="a smoke run: the figures mean little")
    given = parser.parse_args(arguments)
    figures = bench(QUICK if given.quick else FULL)
    for name, value in figures.items():
        print(f"{name:<34}{value:>12}")
    if given.json:
        given.json.write_text(f"{json.dumps(figures, indent=2)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

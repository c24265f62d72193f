"""Scripts that use up what there is: CPU, memory, output, depth, workers, timers, files. Each ends, and only itself."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from attacks.sandbox.arena import Arena, Outcome, outcome_of

from neuroagent.tasks.python.slot import Slot

SECONDS = 0.3
MEGABYTES = 2**20
DEAD = {"terminated", "killed", "broken"}
STOPPED = DEAD | {"KeyboardInterrupt"}  # always right: a bomb that would end by itself may be slow on a busy machine


@dataclass(frozen=True)
class Bomb:
    """`ends` lists the ways that are right besides being stopped: an exception's name, or nothing for a good end."""

    script: str
    ends: frozenset[str]


def bomb(script: str, *ends: str) -> Bomb:
    return Bomb(script, frozenset(ends))


CPU = {
    "a loop": bomb("while True: pass"),
    "a loop that swallows every exception": bomb("while True:\n try:\n  while True: pass\n except BaseException: pass"),
    "a loop in a finally": bomb("try: 1/0\nfinally:\n while True: pass"),
    "a regular expression": bomb("import re\nre.match('(a+)+$', 'a' * 40 + 'b')"),
    "a large number": bomb("x = 10 ** (10 ** 8)", "MemoryError"),
    "a large number's text": bomb("import sys; sys.set_int_max_str_digits(0); str(7 ** 10_000_000)"),
    "a sum in C": bomb("sum(range(10 ** 12))"),
    "a sort with a comparison that never ends": bomb(
        "class A:\n def __lt__(s, o):\n  while True: pass\nsorted([A(), A()])"
    ),
    "an exception whose text never ends": bomb(
        "class E(Exception):\n def __str__(s):\n  while True: pass\nraise E()", "E"
    ),
    "a value whose repr never ends": bomb("class R:\n def __repr__(s):\n  while True: pass\nR()", ""),
    "an import that never ends": bomb(
        "import sys\nclass F:\n def find_spec(s, *a):\n"
        "  while True: pass\nsys.meta_path.insert(0, F())\nimport nowhere",
    ),
    "a sleep": bomb("import time; time.sleep(1000)"),
    "an await that never ends": bomb("import asyncio\nawait asyncio.Event().wait()"),
    "a wait that shuts interrupts off": bomb(
        "import pyodide_js\npyodide_js.setInterruptBuffer(None)\nwhile True: pass"
    ),
    "a signal handler that ignores": bomb(
        "import signal\nsignal.signal(signal.SIGINT, lambda *a: None)\nwhile True: pass"
    ),
}
MEMORY = {
    "a list that grows": bomb("a = []\nwhile True: a.append(bytearray(20_000_000))", "MemoryError"),
    "a text that doubles": bomb("s = 'x'\nwhile True: s += s", "MemoryError", "OverflowError"),
    "one large allocation": bomb("bytearray(10 ** 12)", "MemoryError", "OverflowError"),
    "lists of lists of lists": bomb(
        "import copy\na = ['lol'] * 10\nfor _ in range(12): a = [copy.deepcopy(a) for _ in range(10)]", "MemoryError"
    ),
    "a file in memory": bomb("f = open('big', 'wb')\nwhile True: f.write(bytes(10_000_000))", "MemoryError", "OSError"),
    "a file with a hole": bomb("open('hole', 'wb').truncate(10 ** 13)", "MemoryError", "OSError", "OverflowError"),
    "what JavaScript holds": bomb(
        "from pyodide.ffi import to_js\na = []\nwhile True: a.append(to_js(bytes(20_000_000)))",
        "MemoryError",
        "JsException",
    ),
}
OUTPUT = {
    "print without end": bomb("while True: print('y' * 1000)"),
    "errors without end": bomb("import sys\nwhile True: sys.stderr.write('y' * 1000)"),
    "a single line": bomb("print('x' * 30_000_000)", "", "MemoryError"),
    "a million lines": bomb("for n in range(1_000_000): print(n)", ""),
    "a large value": bomb("'x' * 30_000_000", "", "MemoryError"),
    "a large exception": bomb("raise ValueError('x' * 30_000_000)", "ValueError", "MemoryError"),
    "a traceback without end": bomb(
        "def f(n): return f(n - 1) if n else 1 / 0\nf(900)", "ZeroDivisionError", "RecursionError"
    ),
    "many files": bomb("for n in range(20_000): open(f'f{n}', 'w').write('x')", ""),
    "a name of a file that leads elsewhere": bomb(
        "import os\nopen('..\\\\..\\\\x', 'w').write('x'); open('a\\nb', 'w').write('x')", "", "OSError"
    ),
}
DEPTH = {
    "recursion without a limit": bomb(
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): return f()\nf()", "RecursionError"
    ),
    "recursion in C": bomb("a = []\nfor _ in range(200_000): a = [a]\nrepr(a)", "RecursionError"),
    "a deep script": bomb("(" * 5000 + ")" * 5000, "SyntaxError", "MemoryError", "RecursionError"),
    "deep JSON": bomb("import json\njson.loads('[' * 200_000)", "RecursionError", "JSONDecodeError"),
    "a chain of attributes": bomb(
        "class A:\n def __getattr__(s, n): return getattr(s, n + 'x')\nA().x", "RecursionError"
    ),
    "broken memory": bomb("import ctypes\nctypes.memset(1024, 255, 20_000_000)", ""),
    "a null pointer's function": bomb("import ctypes\nctypes.CFUNCTYPE(None)(12345)()", ""),
    "an abrupt exit": bomb("import os\nos._exit(3)", "SystemExit", ""),
    "a polite exit": bomb("raise SystemExit(3)", "SystemExit"),
    "an abort": bomb("import os\nos.abort()", ""),
}
CROWDS = {
    "threads": bomb("import threading\nfor _ in range(1000): threading.Thread(target=print).start()", "RuntimeError"),
    "processes": bomb("import os\nwhile True: os.fork()", "OSError"),
    "a pool of processes": bomb(
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
        "OSError",
        "ImportError",
        "ModuleNotFoundError",
        "AttributeError",
    ),
    "asyncio tasks": bomb(
        "import asyncio\nasync def f(): await asyncio.sleep(100)\nwhile True: asyncio.ensure_future(f())", "MemoryError"
    ),
    "timers": bomb(
        "import asyncio\nloop = asyncio.get_event_loop()\nwhile True: loop.call_later(1, print)", "MemoryError"
    ),
    "a task that comes back for ever": bomb(
        "import asyncio\nasync def f():\n while True: await asyncio.sleep(0)\n"
        "asyncio.ensure_future(f())\nawait asyncio.sleep(1000)"
    ),
}
ARCHIVES = {
    "a zip that grows when unpacked": bomb(
        "import io, zipfile\nout = io.BytesIO()\n"
        "with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:\n"
        " for n in range(100): z.writestr(str(n), bytes(10_000_000))\n"
        "zipfile.ZipFile(out).extractall('.')",
        "MemoryError", "OSError",
    ),
    "a tar that leads out": bomb(
        "import io, tarfile, os\nout = io.BytesIO()\n"
        "with tarfile.open(fileobj=out, mode='w') as t:\n"
        " info = tarfile.TarInfo('../../../../packages/planted'); info.size = 1; t.addfile(info, io.BytesIO(b'x'))\n"
        "out.seek(0)\ntarfile.open(fileobj=out).extractall('.', filter='fully_trusted')",
        "OSError", "PermissionError", "OutsideDestinationError", "",
    ),
    "compressed zeros": bomb((
        "import zlib\n"
        "zlib.decompress(zlib.compress(bytes(50_000_000)))"
    ), "", "MemoryError"),
}  # fmt: skip
BOMBS = {**CPU, **MEMORY, **OUTPUT, **DEPTH, **CROWDS, **ARCHIVES}
SECONDS_FOR = {"a single line": 5.0, "a large value": 5.0, "a large exception": 5.0, "a tar that leads out": 5.0}


def how_it_ended(outcome: Outcome) -> str:
    return outcome.error if outcome.event == "done" else outcome.event


AT_A_TIME = 4  # most of their time is waiting for the second that a script has after its interrupt
UNSTOPPABLE = (
    "a loop that swallows every exception",
    "a sum in C",
    "an exception whose text never ends",
    "a sleep",
    "a wait that shuts interrupts off",
    "a signal handler that ignores",
    "a chain of attributes",
    "broken memory",
    "recursion without a limit",
    "many files",
    "a traceback without end",
    "an import that never ends",
    *MEMORY,
    *ARCHIVES,
)


@pytest.fixture(scope="module")
def ended(sandbox: Arena) -> dict[str, Outcome]:
    """How those ended that end their slot, or leave a mess in it, each in one of its own."""

    def outcome(name: str) -> Outcome:
        with sandbox.attacker() as slot:
            return outcome_of(slot, BOMBS[name].script, SECONDS_FOR.get(name, SECONDS))

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return dict(zip(UNSTOPPABLE, pool.map(outcome, UNSTOPPABLE), strict=True))


@pytest.mark.parametrize("name", UNSTOPPABLE)
def test_what_cannot_be_stopped_politely_ends_with_its_slot(
    name: str, ended: dict[str, Outcome], sandbox: Arena
) -> None:
    assert_it_ended_within_bounds(name, ended[name], sandbox)
    sandbox.assert_the_next_person_is_unharmed()


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in UNSTOPPABLE])
def test_a_bomb_ends_and_only_itself(name: str, sandbox: Arena) -> None:
    slot = sandbox.used_slot()

    outcome = outcome_of(slot, BOMBS[name].script, SECONDS_FOR.get(name, SECONDS))
    afterwards = outcome_of(slot, "print(40 + 2)", 5) if outcome.event == "done" else None

    if not afterwards or afterwards.stdout != "42\n":
        sandbox.throw_away()
    assert_it_ended_within_bounds(name, outcome, sandbox)
    assert afterwards is None or afterwards.event in DEAD or afterwards.stdout == "42\n" or afterwards.error
    sandbox.assert_the_next_person_is_unharmed()


def assert_it_ended_within_bounds(name: str, outcome: Outcome, sandbox: Arena) -> None:
    assert how_it_ended(outcome) in BOMBS[name].ends | STOPPED, outcome
    assert len(outcome.stdout) + len(outcome.stderr) <= sandbox.limits.output_bytes + 100_000
    assert sum(size for _, size in outcome.made) < 200 * MEGABYTES
    assert all("/" not in made and made not in {".", ".."} for made, _ in outcome.made)


JAVASCRIPT = {
    "array buffers": "a = []\nwhile True:\n b = js.Uint8Array.new(50_000_000); b.fill(1); a.append(b)",
    "WebAssembly memories": (
        "from pyodide.ffi import to_js\na = []\n"
        "while True:\n m = js.WebAssembly.Memory.new(to_js({'initial': 1000}, dict_converter=js.Object.fromEntries))\n"
        " js.Uint8Array.new(m.buffer).fill(1); a.append(m)"
    ),
    "shared memory": (
        "a = []\nwhile True:\n b = js.SharedArrayBuffer.new(50_000_000); js.Uint8Array.new(b).fill(1); a.append(b)"
    ),
    "workers": (
        "a = []\n"
        "while True: a.append(js.Worker.new('data:text/javascript,for(;;);', js.JSON.parse('{\"type\": \"module\"}')))"
    ),
    "console output": "while True: js.console.log('y' * 10_000)",
    "messages to the host": "while True: js.postMessage('y' * 10_000)",
    "text that doubles": "s = js.String.new('x')\nwhile True: s = s.concat(s)",
    "the host's exit": "js.Deno.exit(0)",
    "polluted prototypes": (
        "js.Object.prototype.then = js.Object.prototype.toJSON = 1\n"
        "js.Array.prototype.push = js.JSON.stringify = js.TextEncoder.prototype.encode = js.Map.prototype.get = None"
    ),
    "a prototype of nothing": (
        "js.Object.setPrototypeOf(js.MessagePort.prototype, None)\njs.MessagePort.prototype.postMessage = None"
    ),
}


@pytest.fixture(scope="module")
def ended_opened(opened: Arena) -> dict[str, tuple[Outcome, Outcome, Slot]]:
    """How each ended, and what came of the slot it was in."""

    def outcome(name: str) -> tuple[Outcome, Outcome, Slot]:
        with opened.attacker() as slot:
            first = outcome_of(slot, "import js\n" + JAVASCRIPT[name], SECONDS)
            return first, outcome_of(slot, "print(40 + 2)", 2), slot

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return dict(zip(JAVASCRIPT, pool.map(outcome, JAVASCRIPT), strict=True))


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_with_every_deno_permission_a_bomb_still_ends_only_itself(
    name: str, ended_opened: dict[str, tuple[Outcome, Outcome, Slot]], opened: Arena
) -> None:
    outcome, rest, slot = ended_opened[name]

    assert outcome.event in DEAD | {"done"}
    assert rest.event in DEAD | {"done"}
    assert not slot.is_alive()
    opened.assert_the_next_person_is_unharmed()

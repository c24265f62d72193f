"""One interpreter in a process of its own, used once and thrown away."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from neuroagent.tasks.python.line import News, SlotBroken
from neuroagent.tasks.python.packing import pack
from neuroagent.tasks.python.slot import Limits, Slot, resident_bytes

SESSION = "def g():\n    yield from range(9)\nit = g(); next(it)\nf = open('n.txt', 'w+')\nf.write('hello'); f.seek(1)"


def told(slot: Slot, script: str, seconds: float = 60, files: dict[str, bytes] | None = None) -> list[News]:
    return list(slot.run(script, files or {}, seconds))


def outcome(news: list[News]) -> Any:
    assert news[-1].event == "done", news[-1].details
    return json.loads(news[-1].payload)


def test_what_is_printed_comes_in_order_and_apart(slot: Slot) -> None:
    news = told(slot, "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')")

    said = [(one.details["stream"], one.payload) for one in news if one.event == "output"]
    assert said == [("stdout", b"a\n"), ("stderr", b"b\n"), ("stdout", b"c\n")]


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("1 + 1", {"json_value": 2, "table": None}),
        ("x = 1", None),
        ("1;", None),
        ("{'a': [1, None]}", {"json_value": {"a": [1, None]}, "table": None}),
        ("(1, 2)", {"text": "(1, 2)", "table": None}),
        ("float('nan')", {"text": "nan", "table": None}),
        ("import asyncio\nawait asyncio.sleep(0)\n'later'", {"json_value": "later", "table": None}),
    ],
)
def test_the_last_expression_is_the_value(slot: Slot, script: str, value: Any) -> None:
    assert outcome(told(slot, script))["value"] == value


def test_rows_are_a_table_too(slot: Slot) -> None:
    value = outcome(told(slot, "[{'n': 1, 's': 'x'}, {'n': 2.5, 's': None}]"))["value"]

    assert value["table"] == {
        "columns": [{"name": "n", "type": "number"}, {"name": "s", "type": "text"}],
        "cells": [[1, "x"], [2.5, None]],
        "rows": 2,
    }


def test_an_error_names_the_persons_own_line_and_no_other(slot: Slot) -> None:
    error = outcome(told(slot, "import json\n\ndef read():\n    json.loads('{')\n\nread()"))["error"]

    assert (error["type"], error["line"]) == ("JSONDecodeError", 4)
    assert "json.loads('{')" in error["traceback"]
    assert "decoder.py" not in error["traceback"]


def test_nobody_is_asked(slot: Slot) -> None:
    assert "nobody to ask" in outcome(told(slot, "input('name?')"))["error"]["message"]


def test_figures_come_in_the_order_they_were_shown(slot: Slot) -> None:
    script = (
        "import plotly.graph_objects as go\n"
        "go.Figure(layout={'title': 'one'}).show()\n"
        "go.Figure(layout={'title': 'two'})"
    )
    figures = [json.loads(one.payload) for one in told(slot, script) if one.event == "made"]

    assert [figure["layout"]["title"]["text"] for figure in figures] == ["one", "two"]


def test_files_go_in_and_only_what_changed_comes_out(slot: Slot) -> None:
    script = (
        "text = open('given.txt').read()\nopen('made.txt', 'w').write(text.upper())\nopen('old.txt', 'a').write('!')"
    )
    given = {"given.txt": b"abc", "old.txt": b"x"}
    made = [one for one in told(slot, script, files=given) if one.event == "made"]

    assert [(one.details["name"], one.details["change"], one.payload) for one in made] == [
        ("made.txt", "created", b"ABC"),
        ("old.txt", "changed", b"x!"),
    ]


@pytest.mark.parametrize("script", ["while True: pass", "import asyncio\nawait asyncio.sleep(1000)"])
def test_out_of_time_a_script_is_interrupted_and_variables_are_kept(slot: Slot, script: str) -> None:
    told(slot, "x = 5")

    news = told(slot, script, seconds=0.5)

    assert news[-1].details["interrupted"] is True
    assert outcome(news)["error"]["type"] == "KeyboardInterrupt"
    assert outcome(told(slot, "x"))["value"]["json_value"] == 5


def test_who_does_not_listen_is_terminated(slot: Slot) -> None:
    script = "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass"
    assert told(slot, script, seconds=0.3)[-1].event == "terminated"
    assert told(slot, "1")[-1].event == "broken"


def test_memory_has_an_end_and_the_script_hears_of_it(slot: Slot) -> None:
    assert outcome(told(slot, "b'x' * (600 << 20)"))["error"]["type"] == "MemoryError"
    assert outcome(told(slot, "1"))["value"]["json_value"] == 1


def test_a_flood_of_output_is_cut_at_its_source(slot: Slot) -> None:
    news = told(slot, "for _ in range(200_000): print('x' * 20)")

    assert sum(len(one.payload) for one in news if one.event == "output") <= 20_001
    assert news[-1].event == "done"


def test_compiled_packages_work_from_the_base_memory_and_loaded_later(slot: Slot) -> None:
    script = (
        "import msgpack, pydantic\n"
        "class Cell(pydantic.BaseModel):\n    volts: float\n"
        "[msgpack.unpackb(msgpack.packb({'a': [1, 2.5]})), Cell(volts='-65').volts]"
    )
    assert outcome(told(slot, script))["value"]["json_value"] == [{"a": [1, 2.5]}, -65.0]


def test_packages_are_read_only(slot: Slot) -> None:
    error = outcome(told(slot, "open('/packages/plotly/__init__.py', 'w')"))["error"]
    assert error["type"] in {"OSError", "PermissionError"}


def test_a_session_goes_on_in_another_process(slot: Slot, interpreters: Any) -> None:
    told(
        slot,
        "def g():\n    yield from range(9)\nit = g(); next(it)\nf = open('n.txt', 'w+')\nf.write('hello'); f.seek(1)",
    )
    state = slot.dump()
    other = interpreters.take(120)
    try:
        assert state is not None
        assert other.restore(state), "a ready slot takes it up; else every session would cost a boot"
        news = told(other, "[next(it), f.read(), f.tell(), __import__('os').listdir()]")
        assert outcome(news)["value"]["json_value"] == [1, "ello", 5, ["n.txt"]]
    finally:
        other.kill()


def test_a_slot_without_a_rehearsal_takes_a_session_up_too(slot: Slot, interpreters: Any) -> None:
    told(slot, "x = {'a': 1}")
    state = slot.dump()
    hurried = Slot.start(interpreters.image, interpreters.limits)
    try:
        hurried.begin()
        hurried.half()
        hurried.ready(lambda: True)
        assert state is not None
        assert hurried.restore(state)
        assert outcome(told(hurried, "x"))["value"]["json_value"] == {"a": 1}
    finally:
        hurried.kill()


def test_a_half_booted_slot_takes_a_session_up_too(slot: Slot, interpreters: Any) -> None:
    told(slot, "x = {'a': 1}")
    state = slot.dump()
    cold = interpreters.cold()
    try:
        cold.begin(state)
        cold.ready()
        assert outcome(told(cold, "x"))["value"]["json_value"] == {"a": 1}
        assert cold.dump() is not None
    finally:
        cold.kill()


def test_a_session_with_a_compiled_package_of_its_own_goes_on(slot: Slot, interpreters: Any) -> None:
    told(slot, "import msgpack, pydantic\npacked = msgpack.packb([1, {'a': 2}])")
    state = slot.dump()
    assert state is not None
    ready = interpreters.take(120)
    assert not ready.restore(state), "its library isn't in the base, and can only be put back while booting"
    interpreters.give_back(ready)

    for _ in range(2):  # and on, from process to process
        cold = interpreters.cold()
        try:
            cold.begin(state)
            cold.ready()
            assert outcome(told(cold, "msgpack.unpackb(packed)"))["value"]["json_value"] == [1, {"a": 2}]
            state = cold.dump()
            assert state is not None
        finally:
            cold.kill()


def test_what_javascript_calls_back_works_after_a_boot_from_memory(slot: Slot) -> None:
    script = "import ctypes\nctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 41)(1)"

    assert outcome(told(slot, script))["value"]["json_value"] == 42


def test_chance_does_not_repeat_itself(slot: Slot, interpreters: Any) -> None:
    told(slot, "import random")
    state = slot.dump()
    drawn = []
    for _ in range(2):
        other = interpreters.take(120)
        assert state is not None
        assert other.restore(state)
        drawn.append(outcome(told(other, "random.random()"))["value"]["json_value"])
        other.kill()
    assert drawn[0] != drawn[1]


def test_a_small_session_is_small(slot: Slot) -> None:
    told(slot, "x = 1")
    state = slot.dump()
    assert state is not None
    assert len(pack(state.memory + state.files)) < 200_000


def test_a_slot_dies_with_the_process_that_started_it(image: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom neuroagent.tasks.python.slot import Limits, Slot\n"
        "slot = Slot.start(Path(sys.argv[1]), Limits())\nslot.half()\n"
        "print(slot.process.pid, flush=True)\ntime.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", program, image], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        number = int(worker.stdout.readline())
        assert resident_bytes(number) > 0
        worker.kill()
    for _ in range(300):
        if not Path(f"/proc/{number}").exists():
            return
        time.sleep(0.1)
    pytest.fail("it lives on without its parent")


def test_a_slot_that_cannot_boot_says_why(image: Path) -> None:
    slot = Slot.start(image, Limits(memory_mb=40))  # less than the base's memory

    with pytest.raises(SlotBroken, match="emory"):
        slot.half()
    slot.kill()

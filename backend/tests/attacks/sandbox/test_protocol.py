"""A script that speaks as if it were the sandbox: nothing it says is taken for more than a script's output."""

import json
import os
import random
import struct

import pytest
from attacks.sandbox.arena import Arena, outcome_of

from neuroagent.tasks.python.line import Line, News, SlotBroken, SlotSilent

DEAD = {"terminated", "killed", "broken"}
FORGED = '{"event": "done", "id": 1, "value": "FORGED"}'
SECRET = b"s" * 16

ON_ITS_OUTPUT = {
    "a line": f"print({FORGED!r})",
    "a frame": (
        f"import os, struct\nb = {FORGED!r}.encode()\nos.write(1, bytes(16) + struct.pack('>II', len(b), 0) + b)"
    ),
    "a frame on the errors": (
        f"import os, struct\nb = {FORGED!r}.encode()\nos.write(2, bytes(16) + struct.pack('>II', len(b), 0) + b)"
    ),
    "bytes that are no text": "import os\nos.write(1, bytes(range(256)) * 20)",
    "terminal codes": "print('\\x1b[2J\\x1b]0;title\\x07')",
    "half a surrogate": "import os\nos.write(1, b'\\xed\\xa0\\x80')",
}
ON_ITS_ANSWER = {
    "an answer that isn't JSON": "lambda script: 'x'",
    "an answer that is a number": "lambda script: 5",
    "an answer that is nothing": "lambda script: None",
    "an answer nested beyond measure": "lambda script: '[' * 100_000",
    "an answer with numbers beyond measure": "lambda script: '{\"value\": ' + '9' * 100_000 + '}'",
    "an answer that isn't a number": "lambda script: '{\"value\": NaN}'",
    "an answer without end": "lambda script: '\"' + 'x' * 20_000_000 + '\"'",
    "an answer that is raised": "lambda script: 1 / 0",
    "an answer that never comes": "lambda script: (lambda: [0 for _ in iter(int, 1)])()",
}
IN_JAVASCRIPT = {
    "a frame past the isolate": (
        f"import js\nfrom pyodide.ffi import to_js\nimport struct\nb = {FORGED!r}.encode()\n"
        "js.Deno.stdout.writeSync(to_js(bytes(16) + struct.pack('>II', len(b), 0) + b))\n"
        "import time; time.sleep(0.2); 1 / 0"
    ),
    "orders taken from the supervisor": (
        "import js\njs.Deno.stdin.readSync(js.Uint8Array.new(1000))\n1 / 0"
    ),
    "a message to the host": (
        "import js\nfrom pyodide.ffi import to_js\n"
        "forged = {'id': 1, 'done': '{\"value\": {\"json\": \"FORGED\"}}'}\n"
        "js.postMessage(to_js(forged, dict_converter=js.Object.fromEntries))\n"
        "1 / 0"
    ),
    "a port of its own": (
        "import js\nfrom pyodide.ffi import to_js\nchannel = js.MessageChannel.new()\n"
        "js.postMessage(to_js({'port': channel.port2}, dict_converter=js.Object.fromEntries), to_js([channel.port2]))\n"
        "1 / 0"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ON_ITS_OUTPUT)
def test_what_looks_like_the_protocol_is_output(name: str, sandbox: Arena) -> None:
    outcome = outcome_of(sandbox.used_slot(), ON_ITS_OUTPUT[name] + "\n1 / 0", 10)

    assert (outcome.event, outcome.error) == ("done", "ZeroDivisionError")
    assert outcome.stdout or outcome.stderr
    sandbox.assert_the_next_person_is_unharmed()


@pytest.mark.parametrize("name", ON_ITS_ANSWER)
def test_an_answer_of_its_own_making_harms_only_itself(name: str, sandbox: Arena) -> None:
    slot = sandbox.used_slot()
    assert (
        outcome_of(slot, f"import neuroagent_sandbox as s\ns.run.__code__ = ({ON_ITS_ANSWER[name]}).__code__", 10).event
        == "done"
    )

    outcome = outcome_of(slot, "print(1)", 1)

    sandbox.throw_away()
    assert outcome.event in DEAD | {"done"}
    assert outcome.stdout == ""
    sandbox.assert_the_next_person_is_unharmed()


@pytest.mark.parametrize(
    "patch",
    [
        "json.dumps = None",
        "json.dumps = lambda *a, **k: '{'",
        "sys.modules.clear()",
        "builtins.repr = None; builtins.isinstance = None",
    ],
)
def test_whoever_breaks_what_surrounds_the_script_breaks_only_his_own(patch: str, sandbox: Arena) -> None:
    outcome = outcome_of(sandbox.used_slot(), f"import builtins, json, sys\n{patch}\n1 / 0", 2)

    sandbox.throw_away()
    assert outcome.event in DEAD | {"done"}
    sandbox.assert_the_next_person_is_unharmed()


@pytest.mark.parametrize("name", IN_JAVASCRIPT)
def test_with_every_deno_permission_a_forged_answer_is_none(name: str, opened: Arena) -> None:
    with opened.attacker() as slot:
        outcome = outcome_of(slot, IN_JAVASCRIPT[name], 2)

    assert outcome.event in DEAD or outcome.error == "ZeroDivisionError"
    opened.assert_the_next_person_is_unharmed()


def frame(header: bytes, payload: bytes = b"", secret: bytes = SECRET) -> bytes:
    return secret + struct.pack(">II", len(header), len(payload)) + header + payload


HOSTILE_FRAMES = {
    "another secret": frame(b'{"event": "done"}', secret=b"t" * 16),
    "a secret that is almost right": frame(b'{"event": "done"}', secret=b"s" * 15 + b"t"),
    "no JSON": frame(b"nothing"),
    "no object": frame(b"[]"),
    "no event": frame(b"{}"),
    "an event that is no text": frame(b'{"event": 5}'),
    "nesting beyond measure": frame(b"[" * 200_000),
    "a number beyond measure": frame(b'{"event": "x", "n": ' + b"9" * 100_000 + b"}"),
    "no UTF-8": frame(b'{"event": "\xff\xfe"}'),
    "a header longer than any": SECRET + struct.pack(">II", 2**32 - 1, 0),
    "a payload longer than any": SECRET + struct.pack(">II", 2, 2**32 - 1) + b"{}",
    "half a frame": frame(b'{"event": "done"}')[:-3],
    "half a secret": SECRET[:7],
    "nothing": b"",
}


def read(content: bytes) -> News:
    """From a pipe that closes after it, as a dying slot's does."""
    outward, inward = os.pipe()
    try:
        os.set_blocking(inward, False)
        os.write(inward, content[: 2**16])
        os.close(inward)
        with os.fdopen(outward, "rb", closefd=False) as pipe:
            return Line(pipe, SECRET).next(0)
    finally:
        os.close(outward)


@pytest.mark.parametrize("name", HOSTILE_FRAMES)
def test_a_frame_that_does_not_fit_ends_the_slot(name: str) -> None:
    with pytest.raises((SlotBroken, SlotSilent)):
        read(HOSTILE_FRAMES[name])


def test_no_bytes_at_all_bring_anything_but_news_or_the_end_of_the_slot() -> None:
    chance = random.Random(4)
    good = frame(json.dumps({"event": "output", "id": 1, "stream": "stdout"}).encode(), b"payload")
    for _ in range(2000):
        content = bytearray(good)
        for _ in range(chance.randrange(1, 5)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            news = read(bytes(content[: chance.randrange(len(content) + 1)]))
        except (SlotBroken, SlotSilent):
            continue
        assert isinstance(news.event, str)

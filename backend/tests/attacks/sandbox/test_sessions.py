"""Sessions: nobody gets another's, and one that was tampered with does no harm."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from attacks.sandbox.arena import Arena, outcome_of
from folder_store import FolderStore

from neuroagent.tasks.python.line import SlotBroken, SlotSilent
from neuroagent.tasks.python.session import StateRefused, open_sealed, seal
from neuroagent.tasks.python.slot import State

STATE = State(b"memory of a session" * 50, b"files of a session" * 50)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path, "ada-thread-1", b"k" * 32)


@pytest.fixture
def sealed(store: FolderStore) -> bytes:
    return seal(STATE, store, image="image")


def test_a_state_opens_for_whom_it_was_sealed(sealed: bytes, store: FolderStore) -> None:
    assert open_sealed(sealed, store, "image").state == STATE


def test_a_byte_changed_anywhere_is_noticed(sealed: bytes, store: FolderStore) -> None:
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(StateRefused):
            open_sealed(changed, store, "image")


@pytest.mark.parametrize("cut", [0, 1, 31, 32, 33, 36, 40, 100, -1])
def test_a_state_cut_short_is_noticed(cut: int, sealed: bytes, store: FolderStore) -> None:
    with pytest.raises(StateRefused):
        open_sealed(sealed[:cut], store, "image")


def test_a_state_with_something_appended_is_noticed(sealed: bytes, store: FolderStore) -> None:
    with pytest.raises(StateRefused):
        open_sealed(sealed + b"more", store, "image")


@pytest.mark.parametrize("other", [{"id": "eve-thread-1"}, {"key": b"x" * 32}])
def test_nobody_opens_the_state_of_another(other: dict[str, str], sealed: bytes, store: FolderStore) -> None:
    with pytest.raises(StateRefused):
        open_sealed(sealed, replace(store, **other), "image")  # type: ignore[arg-type]  # one of two


def test_memory_of_another_image_is_not_taken_up(sealed: bytes, store: FolderStore) -> None:
    assert open_sealed(sealed, store, "another image").state.memory == b""


def section(header: object, content: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + content


GOOD = {"size": 30 << 20, "pages": [], "libraries": [], "hiwire": [], "elapsed": 0, "cwd": "/home/pyodide", "boot": 0}
HOSTILE = {
    "noise": bytes(range(256)) * 40,
    "nothing but zeros": bytes(10_000),
    "a header longer than the state": struct.pack("<I", 2**32 - 1) + b"{}",
    "a header nested beyond measure": struct.pack("<I", 100_000) + b"[" * 100_000,
    "a header that is a number": section(5),
    "a header without anything": section({}),
    "a memory of many gigabytes": section({**GOOD, "size": 2**40}),
    "a memory of less than nothing": section({**GOOD, "size": -1}),
    "pages beyond the memory": section({**GOOD, "pages": [2**31, 2**40]}, bytes(8192)),
    "pages without bytes": section({**GOOD, "pages": list(range(1000))}),
    "a library of the machine": section(
        {**GOOD, "libraries": [{"path": "/packages/../../../../etc/passwd", "memoryBase": 0}]}
    ),
    "a prototype": section({**GOOD, "__proto__": {"permissions": "inherit"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_state_harms_at_most_the_slot_that_takes_it_up(name: str, sandbox: Arena) -> None:
    slot = sandbox.half_slot()
    try:
        slot.begin(State(HOSTILE[name], b""))
        slot.ready()
        outcome = outcome_of(slot, "print(open('/etc/passwd').read())", 2)
        assert outcome.stdout == ""
    except (SlotBroken, SlotSilent):
        pass
    finally:
        slot.kill()

    sandbox.assert_the_next_person_is_unharmed()


@pytest.mark.parametrize("name", ["noise", "a header longer than the state", "a header that is a number"])
def test_hostile_files_of_a_session_harm_at_most_the_slot_that_takes_them_up(name: str, sandbox: Arena) -> None:
    slot = sandbox.half_slot()
    try:
        slot.begin(State(b"", HOSTILE[name]))
        slot.ready()
        assert outcome_of(slot, "print(open('/etc/passwd').read())", 2).stdout == ""
    except (SlotBroken, SlotSilent):
        pass
    finally:
        slot.kill()

    sandbox.assert_the_next_person_is_unharmed()


LEFT_BEHIND = {
    "a variable": ("left = 1", "'left' in globals()"),
    "a variable among the built-ins": ("import builtins\nbuiltins.left = 1", "hasattr(__import__('builtins'), 'left')"),
    "a module": ("import sys\nsys.modules['left'] = sys", "'left' in __import__('sys').modules"),
    "a patched module": ("import json\njson.dumps = lambda *a, **k: 'left'", "__import__('json').dumps([]) == 'left'"),
    "a variable of the environment": ("import os\nos.environ['LEFT'] = '1'", "'LEFT' in __import__('os').environ"),
    "a file at home": ("open('left', 'w').write('1')", "__import__('os').path.exists('left')"),
    "a file in /tmp": ("open('/tmp/left', 'w').write('1')", "__import__('os').path.exists('/tmp/left')"),
    "a changed folder": ("import os\nos.chdir('/tmp')", "__import__('os').getcwd() == '/tmp'"),
    "an import path": ("import sys\nsys.path.insert(0, '/left')", "'/left' in __import__('sys').path"),
    "a codec": (
        "import codecs\ncodecs.register(lambda name: codecs.lookup('utf-8') if name == 'left' else None)",
        "__import__('neuroagent_sandbox') and ''.encode('left') == b''",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LEFT_BEHIND)
def test_nothing_of_one_person_is_there_for_the_next(what: str, sandbox: Arena, newcomer: dict[str, str]) -> None:
    assert newcomer[what] in {"False", "LookupError"}
    sandbox.assert_the_next_person_is_unharmed()


@pytest.fixture(scope="module")
def newcomer(sandbox: Arena) -> dict[str, str]:
    """What the next person sees, after someone left all of it behind in a slot that is alive still."""
    for leave, _ in LEFT_BEHIND.values():
        assert outcome_of(sandbox.used_slot(), leave, 10).event == "done"
    script = "\n".join(
        f"try: print({what!r} + '=' + str({look}))\nexcept LookupError: print({what!r} + '=LookupError')"
        for what, (_, look) in LEFT_BEHIND.items()
    )
    with sandbox.attacker() as slot:
        lines = outcome_of(slot, script, 10).stdout.splitlines()
    sandbox.throw_away()
    return dict(line.split("=", 1) for line in lines)


def test_chance_is_another_for_each_person(sandbox: Arena) -> None:
    script = "import os, random, uuid\nprint(random.random()); print(os.urandom(8).hex()); print(uuid.uuid4())"

    with sandbox.attacker() as one, sandbox.attacker() as two:
        first, second = (outcome_of(slot, script, 10).stdout.splitlines() for slot in (one, two))

    assert len(first) == 3
    assert not set(first) & set(second)


def test_a_restored_session_is_ones_own_and_nobody_elses(sandbox: Arena) -> None:
    with sandbox.attacker() as slot:
        outcome_of(slot, "mine = 'the session of ada'; open('note', 'w').write(mine)", 10)
        state = slot.dump()
    assert state

    with sandbox.attacker(state) as same, sandbox.attacker() as other:
        look = "print(globals().get('mine'), __import__('os').path.exists('note'))"
        own, foreign = outcome_of(same, look, 10).stdout, outcome_of(other, look, 10).stdout

    assert (own, foreign) == ("the session of ada True\n", "None False\n")

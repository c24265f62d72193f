"""A session's stored state: sealed bytes that say whose they are and which image can read them."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from folder_store import FolderStore

from neuroagent.tasks.python import session
from neuroagent.tasks.python.packing import pack
from neuroagent.tasks.python.session import StateRefused, StateTooLarge, open_sealed, seal
from neuroagent.tasks.python.slot import State

STATE = State(b"memory" * 1000, b"files" * 1000)


def sealed(store: FolderStore) -> bytes:
    return seal(STATE, store, image="i1")


def resealed(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256) + body


def test_what_was_sealed_opens_again(store: FolderStore) -> None:
    opened = open_sealed(sealed(store), store, "i1")

    assert opened.state == STATE


def test_another_image_gets_the_files_only(store: FolderStore) -> None:
    assert open_sealed(sealed(store), store, "i2").state == State(b"", STATE.files)


@pytest.mark.parametrize("place", [0, 31, 32, 36, 50, 150, -1])
def test_a_changed_byte_anywhere_is_noticed(store: FolderStore, place: int) -> None:
    changed = bytearray(sealed(store))
    changed[place] ^= 1

    with pytest.raises(StateRefused, match="isn't what was stored"):
        open_sealed(bytes(changed), store, "i1")


def test_another_key_opens_nothing(store: FolderStore) -> None:
    with pytest.raises(StateRefused):
        open_sealed(sealed(store), replace(store, key=b"x" * 32), "i1")


def test_a_state_put_in_anothers_place_is_refused(store: FolderStore) -> None:
    with pytest.raises(StateRefused, match="another session"):
        open_sealed(sealed(store), replace(store, id="eve-thread-1"), "i1")


@pytest.mark.parametrize("length", [0, 10, 31, 32, 40])
def test_a_stump_is_refused(store: FolderStore, length: int) -> None:
    with pytest.raises(StateRefused):
        open_sealed(sealed(store)[:length], store, "i1")


def test_a_header_of_endless_length_is_refused_even_under_a_good_seal(store: FolderStore) -> None:
    body = sealed(store)[session.SEAL :]
    with pytest.raises(StateRefused, match="another kind"):
        open_sealed(resealed(body[:4] + b"\xff" * 4 + body[8:], store.key), store, "i1")


def test_a_bomb_is_refused_before_it_unpacks(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "LARGEST_UNPACKED", 1_000)
    with pytest.raises(StateRefused, match="more than a session may be"):
        open_sealed(sealed(store), store, "i1")


def test_what_is_no_archive_is_refused(store: FolderStore) -> None:
    body = sealed(store)[session.SEAL :]
    packed = pack(STATE.files)
    assert body.endswith(packed)
    broken = body[: -len(packed)] + b"x" * len(packed)
    with pytest.raises(StateRefused, match="unpacked"):
        open_sealed(resealed(broken, store.key), store, "i1")


def test_more_than_may_be_kept_is_said_with_advice(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "LARGEST", 50)
    with pytest.raises(StateTooLarge, match="del name"):
        sealed(store)

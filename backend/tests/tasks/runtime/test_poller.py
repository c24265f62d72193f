"""A worker doesn't wait for what isn't there; the fault scenario "redis and child killed" shows why."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest

from neuroagent.tasks.runtime import poller
from neuroagent.tasks.runtime.poller import read_only_what_is_there


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sockets that were read."""
    numbers: list[int] = []
    monkeypatch.setattr(poller, "_on_readable", lambda _poller, fileno: numbers.append(fileno))
    return numbers


def of_channels(*filenos: int) -> Any:
    return SimpleNamespace(_fd_to_chan=dict.fromkeys(filenos))


def test_a_socket_that_no_channel_has_is_passed_over(read: list[int]) -> None:
    poller._careful(of_channels(), 99)

    assert read == []


def test_a_socket_with_nothing_to_read_is_passed_over(read: list[int]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        poller._careful(of_channels(ours.fileno()), ours.fileno())
        assert read == []
        theirs.send(b"x")
        poller._careful(of_channels(ours.fileno()), ours.fileno())
        assert read == [ours.fileno()]


def test_a_socket_that_was_hung_up_is_read_so_that_it_is_noticed(read: list[int]) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        poller._careful(of_channels(ours.fileno()), ours.fileno())
        assert read == [ours.fileno()]


def test_it_takes_the_place_of_kombu_s_own() -> None:
    from kombu.transport.redis import MultiChannelPoller  # noqa: PLC0415 - what is changed

    read_only_what_is_there()

    assert MultiChannelPoller.on_readable is poller._careful

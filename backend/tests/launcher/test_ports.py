import os
import socket
from collections.abc import Iterator

import pytest
from processes import free_port

from neuroagent.launcher import ports
from neuroagent.launcher.errors import PortTaken


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_free_port_is_fine() -> None:
    ports.require_free("127.0.0.1", free_port(), "The app", "--port N")


def test_a_taken_port_is_named_with_its_listener_and_the_way_out(taken: int) -> None:
    with pytest.raises(PortTaken) as refusal:
        ports.require_free("127.0.0.1", taken, "The app", "./dev up --port N")

    said = str(refusal.value)
    assert said.startswith(f"The app needs port {taken}, but process {os.getpid()} (")
    assert said.endswith("or choose another port: ./dev up --port N.")


def test_a_listener_on_all_addresses_takes_ours_too() -> None:
    with socket.create_server(("", 0)) as listener, pytest.raises(PortTaken):
        ports.require_free("127.0.0.1", listener.getsockname()[1], "Redis", "--redis-port N")


def test_nobody_listens_at_a_free_port() -> None:
    assert ports.listener(free_port()) is None

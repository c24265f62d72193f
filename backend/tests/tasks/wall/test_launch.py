"""From an order to a running child."""

import subprocess
import sys
from pathlib import Path

import pytest

from neuroagent.tasks.wall import launch
from neuroagent.tasks.wall.inside.order import Order
from neuroagent.tasks.wall.layers import Layer, Standing, WallError

NOTHING: Order = {
    "parent": 0,
    "command": [],
    "environment": {},
    "layers": [],
    "require": [],
    "read": [],
    "write": [],
    "execute": [],
    "network": False,
    "limits": {},
    "filter": b"",
    "secret": (0, 0, 0),
}


def test_an_order_without_a_command_puts_up_the_wall_and_ends() -> None:
    process, standings = launch.launch(lambda _: {**NOTHING, "layers": ["no_new_privs"]}, launch.Streams())

    assert process.wait() == 0
    assert standings == [Standing(Layer.NO_NEW_PRIVS, "for good")] or sys.platform != "linux"


def test_the_order_is_made_for_the_number_of_the_process() -> None:
    numbers: list[int] = []

    def order_for(number: int) -> Order:
        numbers.append(number)
        return NOTHING

    process, _ = launch.launch(order_for, launch.Streams())

    assert numbers == [process.pid]
    assert process.wait() == 0


def test_an_order_larger_than_a_pipe_arrives_whole() -> None:
    big = {f"NAME_{number}": "x" * 10_000 for number in range(50)}
    order: Order = {**NOTHING, "command": ["/bin/sh", "-c", "echo ${#NAME_49}"], "environment": big}

    process, _ = launch.launch(lambda _: order, launch.Streams(stdout=subprocess.PIPE))

    assert process.communicate()[0] == b"10000\n"


def test_an_order_that_fails_in_the_making_leaves_no_process() -> None:
    numbers: list[int] = []

    def order_for(number: int) -> Order:
        numbers.append(number)
        raise WallError("no such thing")

    with pytest.raises(WallError, match="no such thing"):
        launch.launch(order_for, launch.Streams())

    assert not Path(f"/proc/{numbers[0]}").exists()


def test_a_limit_unknown_to_the_system_is_a_missing_layer() -> None:
    process, standings = launch.launch(
        lambda _: {**NOTHING, "layers": ["limits"], "limits": {"CORE": 0, "MOONS": 1}}, launch.Streams()
    )

    assert process.wait() == 0
    assert standings == [Standing(Layer.LIMITS, "the system takes no limit for MOONS", stands=False)]


def test_a_child_whose_parent_is_another_does_not_start() -> None:
    with pytest.raises(WallError, match="ended early"):
        launch.launch(lambda _: {**NOTHING, "layers": ["parent"], "parent": 1}, launch.Streams())

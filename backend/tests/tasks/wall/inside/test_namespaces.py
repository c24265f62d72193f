"""Namespaces of its own."""

from tasks.wall.hostile import needs
from tasks.wall.inside.probe import said_in_a_child

from neuroagent.tasks.wall.layers import Layer

ENTER = """
import os, socket
before = {{name: os.readlink(f"/proc/self/ns/{{name}}") for name in ("net", "ipc", "uts", "mnt")}}
who = os.getuid()
from neuroagent.tasks.wall.inside.namespaces import enter_namespaces
enter_namespaces({{"network": {network}}})
print(*sorted(name for name in before if os.readlink(f"/proc/self/ns/{{name}}") != before[name]))
print(os.getuid() == who, socket.gethostname())
"""


def test_all_are_its_own_and_it_is_who_it_was() -> None:
    needs(Layer.NAMESPACES)

    assert said_in_a_child(ENTER.format(network=False)).split("\n") == ["ipc mnt net uts", "True sandbox"]


def test_an_open_network_is_the_machines() -> None:
    needs(Layer.NAMESPACES)

    assert said_in_a_child(ENTER.format(network=True)).split("\n")[0] == "ipc mnt uts"

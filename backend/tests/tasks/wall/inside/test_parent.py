"""The tie to the parent, and that no program gives rights."""

import sys

import pytest
from tasks.wall.inside.probe import said_in_a_child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")


def test_the_kernel_is_asked_to_kill() -> None:
    script = (
        "import ctypes, os\nfrom neuroagent.tasks.wall.inside.parent import die_with_the_parent\n"
        "die_with_the_parent({'parent': os.getppid()})\n"
        "number = ctypes.c_int()\nctypes.CDLL(None).prctl(2, ctypes.byref(number))\nprint(number.value)"
    )

    assert said_in_a_child(script) == "9"


def test_a_parent_that_died_before_the_tie_was_made_ends_the_child_at_once() -> None:
    script = (
        "import os\nfrom neuroagent.tasks.wall.inside.parent import die_with_the_parent\n"
        "child = os.fork()\n"
        "if child == 0:\n die_with_the_parent({'parent': 1}); print('alive', flush=True); os._exit(0)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )

    assert said_in_a_child(script) == "1"


def test_no_program_gives_rights_any_more() -> None:
    script = (
        "import ctypes\nfrom neuroagent.tasks.wall.inside.parent import gain_no_privileges\n"
        "gain_no_privileges({})\nprint(ctypes.CDLL(None).prctl(39, 0, 0, 0, 0))"
    )

    assert said_in_a_child(script) == "1"

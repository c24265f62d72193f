"""Limits, as the process sees them after they were set."""

from tasks.wall.inside.probe import said_in_a_child

SET = """
import resource
from neuroagent.tasks.wall.inside.kernel import Missing
from neuroagent.tasks.wall.inside.limits import set_limits
try:
    said = set_limits({limits!r})
except Missing as missing:
    said = str(missing)
print(said, resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def after(**limits: int) -> str:
    before = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))\n"
    return said_in_a_child(before + SET.format(limits={"limits": limits}))


def test_processor_time_leaves_a_second_between_being_told_and_being_killed() -> None:
    assert "(7, 8)" in after(CPU=7)


def test_a_limit_holds_both_ways() -> None:
    assert "(64, 64)" in after(NOFILE=64)


def test_a_limit_is_never_raised_over_the_one_there_was() -> None:
    assert "(200, 200)" in after(NOFILE=500)


def test_an_unknown_limit_is_missing_and_the_others_are_set() -> None:
    said = after(NOFILE=64, MOONS=1)

    assert said.startswith("the system takes no limit for MOONS")
    assert "(64, 64)" in said

"""Every scenario there is, one line each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from end_to_end.faults import app_faults, redis_faults, worker_faults
from end_to_end.faults.stage import Stage


@dataclass(frozen=True)
class Scenario:
    """It is over when what it broke works again.

    `wiped` says that what only Redis knew is gone; `mended_here`, that the app in the test's own process mends.
    """

    name: str
    play: Callable[[Stage], Awaitable[None]]
    wiped: bool = False
    replicas: int = 1
    mended_here: bool = True


_ALL: Final = (
    Scenario("none", app_faults.nothing),
    Scenario("children killed", worker_faults.children_killed),
    Scenario("mains killed", worker_faults.mains_killed),
    Scenario("rolling restart", worker_faults.rolling_restart),
    Scenario("child frozen", worker_faults.child_frozen),
    Scenario("long bodies", worker_faults.long_bodies),
    Scenario("poison", worker_faults.poison),
    Scenario("redis killed", redis_faults.killed),
    Scenario("redis and child killed", redis_faults.killed_with_a_child),
    Scenario("flushall", redis_faults.flushed, wiped=True),
    Scenario("disk wiped", redis_faults.disk_wiped, wiped=True),
    Scenario("connections killed", redis_faults.connections_killed),
    Scenario("redis stopped", redis_faults.stopped),
    Scenario("redis full", redis_faults.full),
    Scenario("row without message", app_faults.row_without_message, mended_here=False),
    Scenario("two replicas", app_faults.two_replicas, replicas=2),
    Scenario("same key", app_faults.same_key, replicas=2),
    Scenario("cancelled while queued", app_faults.cancelled_while_queued),
    Scenario("silent wait", app_faults.silent_wait),
)
SCENARIOS: Final = {scenario.name: scenario for scenario in _ALL}
ON_POSTGRES: Final = (
    "mains killed",
    "disk wiped",
    "connections killed",
    "row without message",
    "two replicas",
    "same key",
)
LOSE_WITHOUT_MENDING: Final = ("mains killed", "flushall", "disk wiped")

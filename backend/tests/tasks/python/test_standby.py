"""Interpreters that wait for work: as one is taken, the next is made in the background."""

from pathlib import Path

import pytest

from neuroagent.tasks.python.line import SlotBroken
from neuroagent.tasks.python.slot import REHEARSALS, Limits
from neuroagent.tasks.python.standby import Standby


def test_one_that_died_waiting_is_not_handed_out(image: Path) -> None:
    standby = Standby(image, Limits(memory_mb=512))
    first = standby.take(120)
    while standby._ready.empty():
        pass
    standby._ready.queue[0].process.kill()
    standby._ready.queue[0].process.wait()

    second = standby.take(120)

    assert second.is_alive()
    first.kill()
    second.kill()
    standby.close()


def test_closed_it_leaves_nothing_behind(image: Path) -> None:
    standby = Standby(image, Limits(memory_mb=512))
    taken = standby.take(120)
    taken.kill()

    standby.close()

    assert standby._ready.empty()


def test_the_next_is_made_when_the_run_is_over(image: Path) -> None:
    standby = Standby(image, Limits(memory_mb=512))
    taken = standby.take(120)
    assert standby._ready.empty()

    standby.give_back(taken)
    following = standby.take(120)

    assert following.is_alive()
    assert not taken.is_alive()
    standby.give_back(following)
    standby.close()
    assert not following.is_alive()


def test_who_has_to_wait_is_told_and_has_it_without_a_rehearsal(image: Path) -> None:
    standby = Standby(image, Limits(memory_mb=512))
    told = []

    first = standby.take(120, lambda: told.append("waits"))
    standby.give_back(first)
    second = standby.take(120, lambda: told.append("waits"))

    assert told == ["waits", "waits"]
    assert (first._run, second._run) == (0, 0), "its first run is the person's"
    standby.give_back(second)
    while standby._ready.empty():
        pass
    third = standby.take(120, lambda: told.append("waits"))
    assert len(told) == 2
    assert third._run == REHEARSALS
    standby.give_back(third)
    standby.close()


def test_why_there_is_none_is_said(image: Path) -> None:
    standby = Standby(image, Limits(memory_mb=40))  # less than the base's memory
    with pytest.raises(SlotBroken):
        standby.take(20)
    standby.close()

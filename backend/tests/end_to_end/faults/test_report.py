"""The long run: a row for each, and no failure that ends it or goes unsaid."""

import signal
from pathlib import Path

import pytest
from end_to_end.faults.app_faults import nothing
from end_to_end.faults.report import Ledgers, failures, is_bad, line, play, rounds, summed
from end_to_end.faults.scenarios import SCENARIOS, Scenario
from end_to_end.faults.stage import Stage
from end_to_end.faults.verdict import Verdict

GOOD = Verdict("none", "sqlite", 120, 0, 0, 1.0)
BAD = Verdict("none", "sqlite", 120, 2, 1, 9.0, ("it has not ended",))
CONTROL = Verdict("control: flushall", "sqlite", 120, 0, 0, 0.0, is_control=True)
SQLITE: Ledgers = {"sqlite": lambda place: f"sqlite:///{place / 'ledger.db'}"}


async def break_off(stage: Stage) -> None:
    stage.servers.redis.signal(signal.SIGSTOP)
    raise AssertionError("waited in vain")


def test_rounds_of_a_scenario_are_one_row() -> None:
    [row] = summed([GOOD, BAD])

    assert {name: row[name] for name in ("rounds", "tasks", "lost", "twice", "recovery")} == {
        "rounds": 2,
        "tasks": 240,
        "lost": 2,
        "twice": 1,
        "recovery": 9.0,
    }
    assert "none" in line(row)


def test_what_failed_is_said_at_the_end() -> None:
    told = "\n".join(failures([GOOD, BAD, CONTROL]))

    assert [is_bad(verdict) for verdict in (GOOD, BAD, CONTROL)] == [False, True, True]
    assert "2 of 3 rounds failed:" in told
    assert "round 2, none on sqlite:\n    it has not ended" in told
    assert "a control that loses nothing" in told
    assert "0 of 1 rounds failed." in "\n".join(failures([GOOD]))


def test_what_should_lose_is_played_once_more_without_mending() -> None:
    played = [(each.name, each.ledger) for each in rounds([SCENARIOS["none"], SCENARIOS["flushall"]], SQLITE)]

    assert played == [("none", "sqlite"), ("flushall", "sqlite"), ("control: flushall", "sqlite")]


@pytest.mark.xdist_group("faults")
async def test_a_round_that_breaks_off_is_said_and_the_next_one_is_played(tmp_path: Path) -> None:
    verdicts: list[Verdict] = []
    played = rounds([Scenario("breaks off", break_off), Scenario("none", nothing)], SQLITE)

    await play([*played], tmp_path, verdicts.append)

    broken, good = verdicts
    assert broken.complaints == ("it broke off: AssertionError: waited in vain",)
    assert not good.complaints
    assert good.tasks

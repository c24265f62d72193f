"""A person's script that tries to get at files, the network, processes and the environment; twice, the second time with
every Deno permission granted.
"""

import json
import os
import re
from pathlib import Path

import pytest
from attacks.sandbox.arena import Arena, outcome_of

SCRIPT = Path(__file__).with_name("intruder.txt").read_text(encoding="utf-8")
ATTACKS = re.findall(r"^@attack\n(?:async )?def (\w+)", SCRIPT, re.MULTILINE)


def results_of(arena: Arena) -> dict[str, str]:
    targets = arena.around.targets | {"parent": os.getpid(), "image": str(arena.image)}
    slot = arena.slot()
    try:
        outcome = outcome_of(slot, f"TARGETS = {targets!r}\n{SCRIPT}", 30)
    finally:
        slot.kill()
    assert outcome.event == "done", outcome
    results: dict[str, str] = json.loads(outcome.stdout.splitlines()[-1])
    return results


@pytest.fixture(scope="module")
def inside(sandbox: Arena) -> dict[str, str]:
    return results_of(sandbox)


@pytest.fixture(scope="module")
def inside_opened(opened: Arena) -> dict[str, str]:
    return results_of(opened)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_is_to_be_had(attack: str, inside: dict[str, str], sandbox: Arena) -> None:
    assert inside[attack].startswith("denied")
    sandbox.assert_the_next_person_is_unharmed()


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_is_to_be_had_with_every_deno_permission(
    attack: str, inside_opened: dict[str, str], opened: Arena
) -> None:
    assert inside_opened[attack].startswith("denied")
    opened.assert_the_next_person_is_unharmed()


def test_the_second_time_the_inner_walls_were_really_down(
    inside: dict[str, str], inside_opened: dict[str, str]
) -> None:
    reached = [name for name in ATTACKS if name.startswith("js_") and "AttributeError: Deno" in inside[name]]

    assert len(reached) > 10
    assert not [name for name in reached if "AttributeError: Deno" in inside_opened[name]]

import sys
from pathlib import Path

from launcher.stand_ins import Output, checkout

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.stages import Outcome, Reports, Stage, absolute, names_a_path, run_stages, summary

JUNIT = '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>'


def here(tmp_path: Path, *tools: str) -> Checkout:
    """A checkout whose developers' tools say what they were asked; one called fails does."""
    made = checkout(tmp_path / "checkout", dev="")
    environment = Environment(made, "dev")
    environment.scripts.mkdir(parents=True)
    for tool in tools:
        (environment.scripts / tool).write_text(f"#!/bin/sh\n[ {tool} != fails ]\n")
        (environment.scripts / tool).chmod(0o755)
    environment.python.symlink_to(sys.executable)
    environment.stamp.write_text(environment.wanted())
    return made


def test_all_stages_run_even_after_one_has_failed(tmp_path: Path, output: Output) -> None:
    stages = (Stage("first", ("fails",)), Stage("second", ("works",)))

    status = run_stages(here(tmp_path, "fails", "works"), output.terminal, stages)

    assert status == 1
    ends = [line.split()[:2] for line in output.text().splitlines() if line.startswith(("✓", "✗"))]
    assert ends == [["✗", "first"], ["✓", "second"]]


def test_when_all_pass_the_status_is_zero(tmp_path: Path, output: Output) -> None:
    assert run_stages(here(tmp_path, "works"), output.terminal, (Stage("only", ("works", "--fast")),)) == 0


def test_the_summary_tells_the_time(output: Output) -> None:
    outcome = Outcome(Stage("lint", ("ruff",)), passed=True, seconds=12.34)

    assert summary(outcome, output.terminal) == "✓ lint           12.3 s"


def test_what_was_skipped_is_listed_by_reason_and_once(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    reports.skips.write_text("b.py::two\tno Docker\na.py::one\tno Docker\na.py::one\tno Docker\nc.py::x\tnot Linux\n")

    assert reports.not_run() == [
        "Not run on this machine:",
        *("  no Docker", "    a.py::one", "    b.py::two"),
        *("  not Linux", "    c.py::x"),
    ]


def test_when_nothing_was_skipped_it_says_so(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    assert reports.not_run() == []

    reports.junit.write_text(JUNIT)

    assert reports.not_run() == ["Everything ran."]


def test_the_counts_come_from_pytests_own_report(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    assert reports.counts() == []

    reports.junit.write_text(JUNIT)

    assert reports.counts() == ["", "3 passed, 2 failed"]


def test_only_pytest_is_asked_for_a_report(tmp_path: Path) -> None:
    reports = Reports(tmp_path)

    assert reports.attached(Stage("lint", ("ruff", "check"))).command == ("ruff", "check")
    assert reports.attached(Stage("tests", ("pytest", "-x"))).command == (
        "pytest",
        f"--junit-xml={reports.junit}",
        "-x",
    )


def test_a_path_may_be_typed_from_where_one_stands(tmp_path: Path) -> None:
    made = checkout(tmp_path / "checkout")
    folder = made.root / "backend"
    (folder / "test_a.py").touch()

    assert absolute("test_a.py::test_b", folder, made) == str(folder / "test_a.py::test_b")
    assert names_a_path("backend/test_a.py", tmp_path, made)
    assert absolute("backend/test_a.py", tmp_path, made) == "backend/test_a.py"
    assert not names_a_path("-x", folder, made)
    assert not names_a_path("some_keyword", folder, made)

"""The page is built when its sources changed, and a machine without npm goes on without it."""

import os
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout

from neuroagent.launcher import page
from neuroagent.launcher.environments import Environment

DENO = """#!/bin/sh
echo "$@" >> "$PWD/../asked"
[ -e "$PWD/../offline" ] && echo "no npm" && exit 1
built=../backend/src/neuroagent/app/page/built
[ "$1" = task ] && mkdir -p $built && touch $built/index.html
exit 0
"""


@pytest.fixture
def workers(tmp_path: Path) -> Environment:
    """A checkout with a page, and a Deno that writes down what it is asked."""
    made = checkout(tmp_path / "check out", tasks="")
    environment = Environment(made, "tasks")
    environment.scripts.mkdir(parents=True)
    deno = environment.scripts / "deno"
    deno.write_text(DENO)
    deno.chmod(0o755)
    (made.root / "frontend" / "src").mkdir(parents=True)
    (made.root / "frontend" / "src" / "main.tsx").write_text("one")
    return environment


def asked(environment: Environment) -> list[str]:
    file = environment.checkout.root / "asked"
    return file.read_text().splitlines() if file.exists() else []


def test_it_is_built_once(workers: Environment, output: Output) -> None:
    page.build_if_stale(workers, os.environ, output.terminal)
    page.build_if_stale(workers, os.environ, output.terminal)

    assert [line.split()[0] for line in asked(workers)] == ["install", "task"]


@pytest.mark.parametrize("what", ["a source", "a new file", "a name", "the page is gone"])
def test_and_again_when_something_changed(workers: Environment, output: Output, what: str) -> None:
    page.build_if_stale(workers, os.environ, output.terminal)
    source = workers.checkout.root / "frontend" / "src" / "main.tsx"
    match what:
        case "a source":
            source.write_text("two")
        case "a new file":
            source.with_name("other.tsx").write_text("")
        case "a name":
            source.rename(source.with_name("first.tsx"))
        case _:
            (page.built(workers.checkout) / "index.html").unlink()

    page.build_if_stale(workers, os.environ, output.terminal)

    assert len(asked(workers)) == 4


def test_what_was_installed_is_no_source(workers: Environment, output: Output) -> None:
    page.build_if_stale(workers, os.environ, output.terminal)
    (workers.checkout.root / "frontend" / "node_modules").mkdir()
    (workers.checkout.root / "frontend" / "node_modules" / "x.js").write_text("")

    assert page.is_current(workers.checkout)


def test_without_npm_it_says_so_and_tries_again_next_time(workers: Environment, output: Output) -> None:
    (workers.checkout.root / "offline").touch()

    page.build_if_stale(workers, os.environ, output.terminal)

    assert "no npm" in output.text()
    assert "NPM_CONFIG_REGISTRY" in output.text()
    assert not page.is_current(workers.checkout)


def test_without_deno_too(workers: Environment, output: Output) -> None:
    (workers.scripts / "deno").unlink()

    page.build_if_stale(workers, os.environ, output.terminal)

    assert "could not be built" in output.text()


def test_a_checkout_without_its_sources_builds_none(tmp_path: Path, output: Output) -> None:
    environment = Environment(checkout(tmp_path / "bare", tasks=""), "tasks")

    page.build_if_stale(environment, os.environ, output.terminal)

    assert output.text() == ""

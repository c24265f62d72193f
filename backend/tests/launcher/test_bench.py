import os
import sys
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout, installer

from neuroagent.launcher.bench import bench
from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.errors import UsageError

SCRIPT = """
import os, pathlib, sys
pathlib.Path('asked').write_text('|'.join([os.environ['VIRTUAL_ENV'], os.environ['PYTHONPATH'], *sys.argv[1:]]))
sys.exit(7)
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout with two benchmarks, one of which writes down how it was called."""
    made = checkout(tmp_path / "check out", dev="", bench="")
    for name in ("dev", "bench"):
        environment = Environment(made, name)
        environment.scripts.mkdir(parents=True)
        environment.python.symlink_to(sys.executable)
        environment.stamp.write_text(environment.wanted())
    benchmarks = made.root / "backend" / "benchmarks"
    (benchmarks / "contenders").mkdir(parents=True)
    (benchmarks / "contenders" / "rival.py").touch()
    (benchmarks / "engine.py").write_text(SCRIPT)
    (benchmarks / "storage.py").touch()
    monkeypatch.setenv("PATH", os.pathsep.join([str(installer().parent), os.environ["PATH"]]))
    return made


def test_a_benchmark_gets_its_arguments_its_own_environment_and_the_users_folder(
    here: Checkout, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    status = bench(here, output.terminal, ["engine", "--json", "a file"])

    assert status == 7
    asked = (tmp_path / "asked").read_text().split("|")
    assert asked == [str(Environment(here, "bench").folder), str(here.sources), "--json", "a file"]


def test_alone_it_lists_the_benchmarks_and_not_what_lies_beside_them(here: Checkout, output: Output) -> None:
    assert bench(here, output.terminal, []) == 0

    assert output.text() == "There are:\n  ./dev bench engine\n  ./dev bench storage\n"


def test_an_unknown_benchmark_names_the_closest(here: Checkout, output: Output) -> None:
    with pytest.raises(UsageError, match=r"no benchmark 'engin'; the closest is ./dev bench engine\."):
        bench(here, output.terminal, ["engin"])


def test_a_checkout_without_benchmarks_says_so(tmp_path: Path, output: Output) -> None:
    with pytest.raises(UsageError, match="no benchmark 'engine'; this checkout has none"):
        bench(checkout(tmp_path / "empty"), output.terminal, ["engine"])

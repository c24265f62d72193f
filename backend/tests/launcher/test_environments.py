import shutil
import subprocess
from pathlib import Path

import pytest
from launcher.stand_ins import checkout, installer

from neuroagent.launcher.environments import Environment, bring_up_to_date
from neuroagent.launcher.errors import InstallFailed

EMPTY = "# nothing is needed\n"
UNKNOWN = "there-is-no-such-thing==1 --hash=sha256:" + "0" * 64 + "\n"


def never() -> Path:
    raise AssertionError("nothing is to be installed")


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(checkout(tmp_path / "it's a checkout", app=EMPTY), "app")


@pytest.fixture
def brought(environment: Environment) -> Environment:
    bring_up_to_date(environment, installer)
    return environment


def test_at_first_there_is_none(environment: Environment) -> None:
    assert not environment.is_current()


def test_it_finds_the_sources_wherever_it_is_called_from(brought: Environment, tmp_path: Path) -> None:
    package = brought.checkout.sources / "neuroagent"
    package.mkdir()
    (package / "__init__.py").write_text("place = __file__")

    ask = [str(brought.python), "-c", "import neuroagent; print(neuroagent.place)"]
    answer = subprocess.run(ask, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert Path(answer.stdout.strip()).parent == package


def test_unchanged_it_costs_nothing(brought: Environment) -> None:
    assert brought.is_current()

    bring_up_to_date(brought, never)


def test_a_changed_lock_is_brought_up_to_date_in_place(brought: Environment) -> None:
    (brought.folder / "kept").touch()
    brought.checkout.lock("app").write_text(EMPTY * 2)
    assert not brought.is_current()

    bring_up_to_date(brought, installer)

    assert brought.is_current()
    assert (brought.folder / "kept").exists()


def test_a_failed_install_leaves_no_stamp(brought: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    brought.checkout.lock("app").write_text(UNKNOWN)

    with pytest.raises(InstallFailed, match=r"uv pip sync failed .*UV_DEFAULT_INDEX"):
        bring_up_to_date(brought, installer)

    assert not brought.stamp.exists()


def test_a_moved_checkout_gets_a_new_one(brought: Environment, tmp_path: Path) -> None:
    shutil.move(brought.checkout.root, tmp_path / "elsewhere")
    moved = Environment(type(brought.checkout)(tmp_path / "elsewhere"), "app")
    (moved.folder / "old").touch()
    assert not moved.is_current()

    bring_up_to_date(moved, installer)

    assert moved.is_current()
    assert not (moved.folder / "old").exists()


def test_a_python_that_is_gone_is_replaced(brought: Environment) -> None:
    brought.python.unlink()
    assert not brought.is_current()

    bring_up_to_date(brought, installer)

    assert brought.is_current()


def test_a_command_finds_its_own_programs_first(environment: Environment) -> None:
    variables = environment.variables({"PATH": "/usr/bin", "KEPT": "yes"})

    assert variables["PATH"] == f"{environment.scripts}:/usr/bin"
    assert variables["PYTHONPATH"] == str(environment.checkout.sources)
    assert variables["KEPT"] == "yes"

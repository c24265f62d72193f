"""The guide to adding a task, followed word for word in a copy of the checkout; the task runs on a real worker."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import ROOT, RedisServer, app, redis_binary, until, worker

GUIDE = ROOT / "docs" / "adding-a-task.md"
BLOCK = re.compile(r"```(python|diff)\n(.*?)```", re.DOTALL)
IGNORED = shutil.ignore_patterns("__pycache__", ".dev", ".git", "data", ".*_cache")

pytestmark = pytest.mark.xdist_group("adding a task")


def follow(guide: str, checkout: Path) -> None:
    for kind, text in BLOCK.findall(guide):
        first, _, rest = text.partition("\n")
        if kind == "python":
            _write(checkout / first.removeprefix("# "), rest)
        else:
            _edit(checkout / first.removeprefix("--- "), rest)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _edit(path: Path, diff: str) -> None:
    """Find the lines that stay or go, and put those that stay or come in their place; a `+` ends a run of them."""
    text = path.read_text(encoding="utf-8")
    for run in re.findall(r"(?:^[ -].*\n)+(?:^\+.*\n)+", diff, re.MULTILINE):
        lines = run.splitlines()
        old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
        new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
        assert text.count(old) == 1, f"{path.name} doesn't have these lines once:\n{old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a") / "checkout"
    shutil.copytree(ROOT, folder, ignore=IGNORED)
    follow(GUIDE.read_text(encoding="utf-8"), folder)
    shutil.copy(folder / "locks" / "system.txt", folder / "locks" / "text.txt")  # what locking an empty extra makes
    _run(folder, [sys.executable, "backend/tests/docs/generated.py"])
    return folder


def _run(checkout: Path, command: list[str]) -> str:
    done = _done(checkout, command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _done(checkout: Path, command: list[str]) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | _sources(checkout) | {"DEV_REDIS_SERVER": redis_binary()}
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def _sources(checkout: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(checkout / "backend" / "src")}


def test_the_walls_hold(checkout: Path) -> None:
    _run(checkout, [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"])


def test_the_code_of_the_guide_is_clean(checkout: Path) -> None:
    new = [str(path) for path in (checkout / "backend").rglob("*.py") if "text" in path.parts or path.name == "text.py"]
    assert len(new) == 4

    ruff = str(Path(sys.executable).with_name("ruff"))
    _run(checkout, [ruff, "check", *new])
    _run(checkout, [ruff, "format", "--check", *new])


def test_the_promises_and_the_guide_s_own_test_hold(checkout: Path) -> None:
    tests = ["architecture/test_promises.py", "docs/test_generated.py", "tasks/text"]

    _run(checkout, [sys.executable, "-m", "pytest", "-q", *(f"backend/tests/{test}" for test in tests)])


def test_the_task_runs_on_a_worker(checkout: Path, redis: RedisServer, tmp_path: Path) -> None:
    sources = _sources(checkout)
    with worker(redis, tmp_path, "-Q", "text_q", **sources), app(redis, tmp_path, **sources) as client:
        given = {"text": "to be or not to be", "at_least": 3}
        submitted = client.post("/api/tasks", json={"name": "word_count", "input": given})
        task = client.get(f"/api/tasks/{submitted.json()['id']}?wait=30").json()

    assert (task["state"], task["output"]) == ("done", {"words": 1})


def test_a_worker_of_one_queue_imports_no_other_family(checkout: Path, redis: RedisServer, tmp_path: Path) -> None:
    package = checkout / "backend" / "src" / "neuroagent" / "tasks" / "system" / "__init__.py"
    before = package.read_text(encoding="utf-8")
    package.write_text(f"{before}\nfrom pathlib import Path\n\nPath('imported').touch()\n", encoding="utf-8")
    try:
        with worker(redis, tmp_path, "-Q", "text_q", **_sources(checkout)):
            assert not (tmp_path / "imported").exists()
        with worker(redis, tmp_path, "-Q", "text_q,default_q", **_sources(checkout)):
            until((tmp_path / "imported").exists, "the family is imported when its queue is asked for")
    finally:
        package.write_text(before, encoding="utf-8")


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("backend/src/neuroagent/tasks/text/task.py", "text"),
        ("locks/text.txt", "text"),
        ("backend/tests/tasks/text/test_task.py", "tasks/text/task.py"),
    ],
)
def test_what_is_forgotten_is_named(missing: str, named: str, checkout: Path) -> None:
    path = checkout / missing
    text = path.read_text(encoding="utf-8")
    path.unlink()
    try:
        done = _done(checkout, [sys.executable, "-m", "pytest", "-q", "backend/tests/architecture/test_promises.py"])
    finally:
        path.write_text(text, encoding="utf-8")

    assert done.returncode == 1
    assert named in done.stdout

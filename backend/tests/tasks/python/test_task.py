"""run_python_tool as a plain function: a script comes in, and what it printed, drew, made and answered goes out."""

from dataclasses import replace
from pathlib import Path

import pytest
from folder_store import FolderStore
from tasks.python.conftest import keeping_report

from neuroagent.task_schemas.errors import TaskError
from neuroagent.task_schemas.events import Artifact, Log, Progress
from neuroagent.task_schemas.python import RunPythonInput, RunPythonOutput
from neuroagent.tasks.python.task import Sandbox, offer, run_in

Told = list[Progress | Log | Artifact]


def ran(sandbox: Sandbox, script: str, store: FolderStore | None = None, **more: float) -> RunPythonOutput:
    return run_in(sandbox, RunPythonInput.model_validate({"python_script": script, **more}), keeping_report([]), store)


def test_what_a_worker_offers_is_what_its_image_has(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKS_SANDBOX__IMAGE", str(image.parent))

    assert "plotly" in offer()
    assert "nowhere-to-be-had" not in offer()


def test_a_worker_without_an_image_offers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKS_SANDBOX__IMAGE", str(tmp_path))

    assert offer() == ""


def test_who_waits_for_an_interpreter_sees_why(sandbox: Sandbox) -> None:
    def progress() -> list[str]:
        told: Told = []
        run_in(sandbox, RunPythonInput(python_script="1"), keeping_report(told), None)
        return [one.text for one in told if isinstance(one, Progress)]

    progress()

    assert progress()[0] == "starting an interpreter", "the one that stood by has only just been used"


def test_everything_a_script_leaves_is_in_the_answer(sandbox: Sandbox) -> None:
    told: Told = []
    report = keeping_report(told)
    script = (
        "import sys, plotly.graph_objects as go\n"
        "print('out'); print('err', file=sys.stderr)\n"
        "open('made.csv', 'w').write('a,b')\n"
        "go.Figure(go.Bar(x=[1], y=[2])).show()\n"
        "{'answer': 42}"
    )

    output = run_in(sandbox, RunPythonInput(python_script=script), report, None)

    assert output.status == "done"
    assert (output.stdout, output.stderr) == ("out\n", "err\n")
    assert output.value is not None
    assert output.value.json_value == {"answer": 42}
    assert [figure.kind for figure in output.figures] == ["plotly"]
    assert [(file.path, file.file.media_type) for file in output.files] == [("made.csv", "text/csv")]
    assert report.contents["made.csv"] == b"a,b"
    assert [one.text for one in told if isinstance(one, Log)] == ["out\n", "err\n"]
    assert output.times.run > 0


def test_an_exception_is_an_answer(sandbox: Sandbox) -> None:
    output = ran(sandbox, "print('before')\n1/0")

    assert output.status == "error"
    assert output.stdout == "before\n"
    assert output.error is not None
    assert (output.error.type, output.error.line) == ("ZeroDivisionError", 2)


def test_a_missing_package_is_named_with_the_way_to_get_it(sandbox: Sandbox) -> None:
    output = ran(sandbox, "import nowhere_to_be_had")

    [missing] = output.missing
    assert missing.name == "nowhere_to_be_had"
    assert "was left out of this sandbox" in missing.advice
    assert "./dev sandbox add" in missing.advice
    assert output.error is not None
    assert missing.advice in output.error.message


def test_a_flood_is_cut_with_a_mark(sandbox: Sandbox) -> None:
    output = ran(sandbox, "for _ in range(100_000): print('y' * 10)")

    assert output.cut
    assert "output cut here" in output.stdout
    assert len(output.stdout) < 21_000


def test_half_a_character_does_not_break_the_answer(sandbox: Sandbox) -> None:
    output = ran(sandbox, "import sys\nsys.stdout.write('ä' * 30_000)\nsys.stdout.buffer.write(b'\\xff')")

    assert output.cut
    assert output.stdout.startswith("ä" * 9_000)


def test_variables_files_and_classes_go_on_from_run_to_run(sandbox: Sandbox, store: FolderStore) -> None:
    first = ran(sandbox, "class A: pass\na = A(); a.v = 3\nopen('n.txt', 'w').write('kept')", store)
    second = ran(sandbox, "[a.v, open('n.txt').read()]", store)

    assert (first.session.before, first.session.after) == ("new", "saved")
    assert (second.session.before, second.session.after) == ("restored", "saved")
    assert second.value is not None
    assert second.value.json_value == [3, "kept"]
    assert second.files == ()


def test_without_a_session_nothing_is_left(sandbox: Sandbox) -> None:
    ran(sandbox, "x = 1")
    output = ran(sandbox, "x")

    assert output.error is not None
    assert output.error.type == "NameError"
    assert output.session.before == output.session.after == "none"


def test_a_crash_revives_the_last_good_state_and_says_so(sandbox: Sandbox, store: FolderStore) -> None:
    ran(sandbox, "x = 1", store)
    lost = ran(
        sandbox,
        "x = 2\nwhile True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass",
        store,
        time_limit=0.3,
    )
    after = ran(sandbox, "x", store)

    assert (lost.status, lost.session.after) == ("terminated", "kept")
    assert "lost" in lost.session.why
    assert after.value is not None
    assert after.value.json_value == 1


def test_an_interrupt_keeps_variables(sandbox: Sandbox, store: FolderStore) -> None:
    stopped = ran(sandbox, "x = 7\nwhile True: pass", store, time_limit=0.5)
    after = ran(sandbox, "x", store)

    assert (stopped.status, stopped.session.after) == ("interrupted", "saved")
    assert after.value is not None
    assert after.value.json_value == 7


def test_another_image_resets_variables_and_keeps_files(sandbox: Sandbox, store: FolderStore) -> None:
    ran(sandbox, "x = 1\nopen('n.txt', 'w').write('kept')", store)
    deployed = replace(
        sandbox, manifest=replace(sandbox.manifest, files={**sandbox.manifest.files, "base.json": "new"})
    )

    output = ran(deployed, "['x' in globals(), open('n.txt').read()]", store)

    assert output.session.before == "reset"
    assert "image has changed" in output.session.why
    assert output.value is not None
    assert output.value.json_value == [False, "kept"]


def test_a_tampered_state_is_not_taken_up(sandbox: Sandbox, store: FolderStore) -> None:
    ran(sandbox, "x = 1", store)
    store.path.write_bytes(store.path.read_bytes()[:-1] + b"!")

    output = ran(sandbox, "'x' in globals()", store)

    assert output.session.before == "reset"
    assert output.value is not None
    assert output.value.json_value is False


def test_a_person_who_cancels_finds_the_variables(sandbox: Sandbox, store: FolderStore) -> None:
    class Cancelled(Exception):
        pass

    def cancel(event: Progress | Log | Artifact) -> None:
        if isinstance(event, Log):
            raise Cancelled

    report = keeping_report([])
    report.tell = cancel
    job = RunPythonInput(python_script="x = 3\nprint('go', flush=True)\nwhile True: pass", time_limit=60)
    with pytest.raises(Cancelled):
        run_in(sandbox, job, report, store)

    after = ran(sandbox, "x", store)
    assert after.value is not None
    assert after.value.json_value == 3


def test_an_image_that_is_missing_is_said_with_the_way_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from neuroagent.tasks.python import task  # noqa: PLC0415 - the module and not its body

    monkeypatch.setenv("TASKS_SANDBOX__IMAGE", str(tmp_path))
    task._opened.cache_clear()
    with pytest.raises(TaskError, match=r"\./dev sandbox build"):
        task.opened()

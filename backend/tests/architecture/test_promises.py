"""One test for each promise that the house makes."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from processes import ROOT, SOURCES

from neuroagent import task_schemas
from neuroagent.task_schemas import CONTRACTS, FAMILIES, QUEUES
from neuroagent.task_schemas.contract import Message, TaskContract
from neuroagent.task_schemas.events import events
from neuroagent.task_schemas.jobs import ENVELOPES
from neuroagent.tasks.runtime.task import fulfilments

PACKAGE = SOURCES / "neuroagent"
TESTS = ROOT / "backend" / "tests"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module)):
                yield module


def test_every_contract_has_exactly_one_fulfiller() -> None:
    for family in FAMILIES:
        import_module(f"neuroagent.tasks.{family}.task")

    assert sorted(fulfilment.contract.name for fulfilment in fulfilments()) == sorted(CONTRACTS)
    assert all(CONTRACTS[fulfilment.contract.name] is fulfilment.contract for fulfilment in fulfilments())


def test_contracts_have_names_of_their_own() -> None:
    declared = [
        value
        for family in FAMILIES
        for value in vars(import_module(f"neuroagent.task_schemas.{family}")).values()
        if isinstance(value, TaskContract)
    ]

    assert sorted(contract.name for contract in declared) == sorted(CONTRACTS)


def test_input_and_output_of_a_contract_belong_to_its_family() -> None:
    for contract in CONTRACTS.values():
        assert contract.input.__module__ == contract.output.__module__ == f"neuroagent.task_schemas.{contract.family}"


@pytest.mark.parametrize("family", FAMILIES)
def test_one_word_runs_through_a_family(family: str) -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert (PACKAGE / "task_schemas" / f"{family}.py").is_file()
    assert (PACKAGE / "tasks" / family / "task.py").is_file()
    assert (ROOT / "locks" / f"{family}.txt").is_file()
    assert f"\n{family} = [" in pyproject


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_belongs_to_one_family(queue: str) -> None:
    assert len({contract.family for contract in CONTRACTS.values() if contract.queue == queue}) == 1


def travelling() -> set[type[Message]]:
    """Every model that is part of a contract, an event or an envelope."""
    roots = [model for contract in CONTRACTS.values() for model in (contract.input, contract.output)]
    schemas = [model.model_json_schema() for model in (*roots, *ENVELOPES)] + [events.json_schema()]
    names = {name for schema in schemas for name in schema.get("$defs", {})} | {
        model.__name__ for model in (*roots, *ENVELOPES)
    }
    return {model for model in declared_models() if model.__name__ in names}


def declared_models() -> set[type[Message]]:
    modules = [
        import_module(f"neuroagent.task_schemas.{module.name}") for module in iter_modules(task_schemas.__path__)
    ]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Message) and value is not Message
    }


def test_every_model_of_the_agreement_travels() -> None:
    assert declared_models() - travelling() == set()


def test_every_message_is_frozen_and_refuses_what_nobody_announced() -> None:
    for model in declared_models():
        assert model.model_config.get("frozen"), model
        assert model.model_config.get("extra") == "forbid", model


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.parts[len(PACKAGE.parts)] in {"task_schemas", "config"}], ids=name_of
)
def test_what_both_sides_share_imports_pydantic_and_nothing_else(path: Path) -> None:
    allowed = sys.stdlib_module_names | {"pydantic", "pydantic_settings"}
    own = f"neuroagent.{path.relative_to(PACKAGE).parts[0]}"

    assert {name for name in imports(path) if name.split(".")[0] not in allowed and not name.startswith(own)} == set()


@pytest.mark.parametrize("path", [path for path in MODULES if "launcher" in path.parts], ids=name_of)
def test_the_launcher_needs_nothing_but_python(path: Path) -> None:
    own = ("neuroagent.launcher",)

    assert {
        name for name in imports(path) if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(own)
    } == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

    assert docstring, f"{name_of(path)} doesn't say what it is for"
    assert docstring.splitlines()[0].endswith((".", "?", "`")), docstring.splitlines()[0]


TESTED_ELSEWHERE = {
    "app/application.py": "end_to_end/test_walking_path.py",
    "app/main.py": "end_to_end/test_walking_path.py",
    "app/storage/errors.py": "app/storage/test_endpoints.py",
    "tasks/main.py": "end_to_end/test_walking_path.py",
}


def has_something_to_test(path: Path) -> bool:
    """Code that runs, apart from a package's door, tables of fields and a process's first lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return path.name not in {"__init__.py", "__main__.py"} and any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree)
    )


@pytest.mark.parametrize("path", [path for path in MODULES if has_something_to_test(path)], ids=name_of)
def test_tests_mirror_sources(path: Path) -> None:
    own = path.relative_to(PACKAGE).with_name(f"test_{path.name}")
    mirrored = TESTS / TESTED_ELSEWHERE.get(name_of(path), str(own))

    assert mirrored.is_file(), f"{name_of(path)} has no {mirrored.relative_to(ROOT)}"


@pytest.mark.parametrize("place", ["app", "tasks", "config", "task_schemas", "launcher"])
def test_no_test_mirrors_a_source_that_is_gone(place: str) -> None:
    for test in (TESTS / place).rglob("test_*.py"):
        source = PACKAGE / test.relative_to(TESTS).with_name(test.name.removeprefix("test_"))
        assert source.is_file(), f"{test.relative_to(ROOT)} tests {source.relative_to(ROOT)}, which isn't there"


OPT_OUT = re.compile(r"# (noqa|type: ignore)(?!: [A-Z0-9, ]+ - |\[[a-z, -]+\]  # )")


def test_every_opt_out_has_its_reason_beside_it() -> None:
    for path in [*MODULES, *TESTS.rglob("*.py")]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not OPT_OUT.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_no_path_of_a_machine_and_no_host_of_a_registry_is_written_down() -> None:
    words = ("/" + "root/", "/" + "work/", "pypi." + "org", "python" + "hosted", "registry." + "npmjs")
    for path in [*ROOT.glob("*.*"), *ROOT.glob("locks/*"), *ROOT.glob("docs/**/*.md"), *MODULES, *TESTS.rglob("*.py")]:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert [word for word in words if word in text] == [], path

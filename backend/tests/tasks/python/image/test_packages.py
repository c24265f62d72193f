"""Which wheels an image gets: those asked for and what they need, each from the first source that has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from neuroagent.tasks.python.image.packages import choose
from neuroagent.tasks.python.image.sources import NotThere, Wheel

Wheels = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Shelf:
    """A source that behaves: it gives the newest that fits, or says that it has none."""

    folder: Path
    wheels: Wheels  # name → version → what it needs

    def wheel(self, wanted: Requirement) -> Wheel:
        fitting = [version for version in self.wheels.get(wanted.name, {}) if version in wanted.specifier]
        if not fitting:
            raise NotThere("not on the shelf")
        version = max(fitting)
        path = self.folder / f"{wanted.name}-{version}-py3-none-any.whl"
        needs = "".join(f"Requires-Dist: {need}\n" for need in self.wheels[wanted.name][version])
        with ZipFile(path, "w") as archive:
            archive.writestr(f"{wanted.name}-{version}.dist-info/METADATA", f"Name: {wanted.name}\n{needs}")
        return Wheel(path, "shelf", "0" * 64)


def chosen(tmp_path: Path, asked: Sequence[str], wheels: Wheels) -> tuple[dict[str, str], set[str]]:
    choice = choose(asked, [Shelf(tmp_path, wheels)], lambda name: None)
    return {name: wheel.version for name, wheel in choice.wheels.items()}, set(choice.left_out)


def test_what_a_package_needs_comes_with_it(tmp_path: Path) -> None:
    shelf: Wheels = {"a": {"1": ["b>=1"]}, "b": {"1": ["c"], "2": ["c"]}, "c": {"1": []}}
    assert chosen(tmp_path, ["a"], shelf) == ({"a": "1", "b": "2", "c": "1"}, set())


def test_what_only_other_machines_need_stays_away(tmp_path: Path) -> None:
    shelf: Wheels = {
        "a": {"1": ["w; sys_platform == 'win32'", "e; sys_platform == 'emscripten'", "x; extra == 'all'"]},
        "e": {"1": []},
    }
    assert chosen(tmp_path, ["a"], shelf) == ({"a": "1", "e": "1"}, set())


def test_extras_that_are_asked_for_come(tmp_path: Path) -> None:
    shelf: Wheels = {"a": {"1": ["x; extra == 'all'"]}, "x": {"1": []}}
    assert chosen(tmp_path, ["a[all]"], shelf)[0] == {"a": "1", "x": "1"}


def test_a_later_wish_narrows_an_earlier_choice(tmp_path: Path) -> None:
    shelf: Wheels = {"b": {"1": [], "2": []}, "a": {"1": ["b<2"]}}
    assert chosen(tmp_path, ["b", "a"], shelf)[0] == {"a": "1", "b": "1"}


def test_what_needs_something_that_is_missing_is_left_out_with_all_that_came_for_it_alone(tmp_path: Path) -> None:
    shelf: Wheels = {"a": {"1": ["b", "only-for-a"]}, "b": {"1": ["gone"]}, "only-for-a": {"1": []}, "c": {"1": []}}
    assert chosen(tmp_path, ["a", "c"], shelf) == ({"c": "1"}, {"a", "b", "gone"})


def test_every_source_says_why_it_had_none(tmp_path: Path) -> None:
    choice = choose(["gone"], [Shelf(tmp_path, {}), Shelf(tmp_path, {})], lambda name: None)
    assert choice.left_out == {"gone": "not on the shelf; not on the shelf"}


@pytest.mark.parametrize("asked", [["a"], ["A"]])
def test_names_are_compared_as_the_registries_do(tmp_path: Path, asked: list[str]) -> None:
    assert set(choose(asked, [Shelf(tmp_path, {"a": {"1": []}, "A": {"1": []}})], lambda name: None).wheels) == {"a"}

"""Which wheels an image gets: those asked for and what they need, each from the first source that has it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from email.parser import Parser
from typing import Final
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from neuroagent.tasks.python.image.pyodide import PYTHON
from neuroagent.tasks.python.image.sources import NotThere, Source, Wheel, first

SURROUNDINGS: Final = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "python_full_version": f"{PYTHON}.2",
    "python_version": PYTHON,
    "sys_platform": "emscripten",
}


@dataclass
class Choice:
    """What was found, and what not, with the reason."""

    wheels: dict[str, Wheel] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    asked_by: dict[str, list[str]] = field(default_factory=dict)


def choose(asked: Sequence[str], sources: Sequence[Source], tell: Callable[[str], None]) -> Choice:
    """A package that needs one that can't be had is left out too, and so on."""
    choice = Choice()
    waiting = [(Requirement(name), "") for name in asked]
    wanted: dict[str, list[Requirement]] = {}
    while waiting:
        requirement, by = waiting.pop(0)
        name = canonicalize_name(requirement.name)
        wanted.setdefault(name, []).append(requirement)
        choice.asked_by.setdefault(name, []).append(by)
        wheel = choice.wheels.get(name)
        if name in choice.left_out or (wheel and _suits(wheel, requirement) and not requirement.extras):
            continue
        tell(name)
        try:
            wheel = first(sources, _all_of(wanted[name]))
        except NotThere as reason:
            choice.wheels.pop(name, None)
            choice.left_out[name] = str(reason)
            continue
        choice.wheels[name] = wheel
        waiting += [(needed, name) for needed in _needs(wheel, requirement.extras)]
    _leave_out_the_lame(choice)
    _drop_the_unasked(choice, [canonicalize_name(Requirement(name).name) for name in asked])
    return choice


def _suits(wheel: Wheel, requirement: Requirement) -> bool:
    return requirement.specifier.contains(wheel.version, prereleases=True)


def _all_of(requirements: Sequence[Requirement]) -> Requirement:
    """One requirement that says what all of them say."""
    together = Requirement(requirements[0].name)
    for requirement in requirements:
        together.specifier &= requirement.specifier
    return together


def _needs(wheel: Wheel, extras: Iterable[str]) -> Iterator[Requirement]:
    with ZipFile(wheel.path) as archive:
        name = next(
            name for name in archive.namelist() if name.endswith(".dist-info/METADATA") and name.count("/") == 1
        )
        metadata = Parser().parsestr(archive.read(name).decode("utf-8", "replace"), headersonly=True)
    for line in metadata.get_all("Requires-Dist") or []:
        needed = Requirement(line)
        marker = needed.marker
        if marker is None or any(marker.evaluate({**SURROUNDINGS, "extra": extra}) for extra in ("", *extras)):
            yield needed


def _leave_out_the_lame(choice: Choice) -> None:
    while lame := {name: need for name in choice.wheels if (need := _first_missing(choice, name))}:
        for name, need in lame.items():
            del choice.wheels[name]
            choice.left_out[name] = f"it needs {need}, which is left out"


def _first_missing(choice: Choice, name: str) -> str | None:
    return next((missing for missing in choice.left_out if name in choice.asked_by.get(missing, ())), None)


def _drop_the_unasked(choice: Choice, asked: Sequence[str]) -> None:
    """What only those left out have needed isn't needed."""
    kept = {name for name in asked if name in choice.wheels}
    while more := {name for name in choice.wheels if kept & set(choice.asked_by[name])} - kept:
        kept |= more
    for name in set(choice.wheels) - kept:
        del choice.wheels[name]

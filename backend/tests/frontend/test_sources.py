"""The page's own tests, types, format and lint, by Deno."""

import subprocess

import pytest
from pages import FRONTEND, built_page, deno, deno_environment


def said(*arguments: str) -> str:
    """Nothing, when all is well."""
    command = [str(deno()), *arguments]
    ran = subprocess.run(
        command, cwd=FRONTEND, env=deno_environment(), capture_output=True, text=True, timeout=300, check=False
    )
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


@pytest.mark.parametrize("arguments", [("fmt", "--check"), ("lint",)], ids=["format", "lint"])
def test_it_is_written_as_it_should_be(arguments: tuple[str, ...]) -> None:
    assert said(*arguments) == ""


def test_its_types_agree() -> None:
    built_page()  # its packages' types lie beside it then

    assert said("task", "types") == ""


def test_its_units_do_what_they_say() -> None:
    built_page()

    assert said("task", "test") == ""

import pytest

from neuroagent.launcher.cli import COMMANDS, main


def test_alone_it_lists_every_command_on_one_screen(capfd: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    said = capfd.readouterr().out
    assert all(f"./dev {command.usage}" in said and command.summary in said for command in COMMANDS.values())
    assert len(said.splitlines()) <= 24
    assert max(len(line) for line in said.splitlines()) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0

    said = capfd.readouterr().out
    assert said.startswith(f"./dev {name}")
    assert COMMANDS[name].details in said


@pytest.mark.parametrize(("typed", "closest"), [("upp", "up"), ("tests", "test"), ("chek", "check"), ("stopp", "stop")])
def test_an_unknown_command_names_the_closest(typed: str, closest: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([typed]) == 2

    assert f"There is no command {typed!r}; the closest is ./dev {closest}." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["up", "--port", "many"], "argument --port: invalid int value: 'many'. ./dev up --help"),
        (["up", "--only", "page"], "argument --only: invalid choice: 'page'"),
        (["up", "--port", "70000"], "70000 is no port"),
        (["check", "fast"], "unrecognized arguments: fast. ./dev check --help"),
        (["generate", "poems"], "./dev generate makes locks, docs, wire, but no 'poems'."),
        (["run", "page", "ls"], "./dev run takes a side (app, tasks, dev, bench) and a command"),
        (["run", "app"], "./dev run takes a side (app, tasks, dev, bench) and a command"),
    ],
)
def test_a_wrong_argument_is_quoted(arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2

    assert said in capfd.readouterr().err

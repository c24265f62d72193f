import shlex
from pathlib import Path

from launcher.stand_ins import Output, planned

from neuroagent.launcher.welcome import sign_in_link, token_of, trial, welcome


def test_it_tells_where_to_go_and_how_to_get_in(tmp_path: Path, output: Output) -> None:
    made = planned(tmp_path)
    made.data.mkdir()
    (made.data / "token").write_text("the-token\n")

    said = welcome(made, output.terminal)

    assert f"  Open   {made.url}/sign-in?token=the-token\n  Token  the-token\n  Data   {made.data}\n  Stop " in said
    assert len(said.splitlines()) <= 12


def test_the_trial_can_be_pasted_into_a_shell() -> None:
    submit, fetch = (shlex.split(line) for line in trial("http://box:1", "it's a token"))

    assert submit[1:3] == ["-H", "Authorization: Bearer it's a token"]
    assert submit[-3:] == ["-d", '{"name": "ping", "input": {}}', "http://box:1/api/tasks"]
    assert fetch[-1] == "http://box:1/api/tasks/ID?wait=30"


def test_a_token_of_odd_letters_survives_the_link(tmp_path: Path, output: Output) -> None:
    said = welcome(planned(tmp_path, NEUROAGENT_AUTH__TOKEN="a&b c=d#e"), output.terminal)

    assert "/sign-in?token=a%26b%20c%3Dd%23e\n" in said


def test_a_token_from_the_settings_wins(tmp_path: Path) -> None:
    assert token_of(planned(tmp_path, NEUROAGENT_AUTH__TOKEN="mine")) == "mine"


def test_a_token_that_cannot_be_read_is_no_crash(tmp_path: Path) -> None:
    assert token_of(planned(tmp_path)) == f"({tmp_path / 'data' / 'token'} can't be read: No such file or directory)"


def test_without_the_app_it_names_what_was_started(tmp_path: Path, output: Output) -> None:
    said = welcome(planned(tmp_path, "redis", "tasks"), output.terminal)

    assert "Started: redis, tasks." in said
    assert "Token" not in said


def test_the_link_signs_in_where_there_is_one_token(tmp_path: Path) -> None:
    keys = planned(tmp_path, NEUROAGENT_AUTH__MODE="keys")

    assert sign_in_link(planned(tmp_path), "it's & a token").endswith("/sign-in?token=it%27s%20%26%20a%20token")
    assert sign_in_link(keys, "x").endswith("/sign-in")

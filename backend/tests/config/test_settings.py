"""Settings: where they come from, and what is said when one is wrong."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field, SecretStr

from neuroagent.config.settings import ProcessSettings, Section, SettingsError, names, process_config


class Inner(Section):
    port: int = Field(1, ge=1)
    password: SecretStr | None = None


class Sample(ProcessSettings):
    env_file: ClassVar[str] = ".env.sample"
    model_config = process_config("SAMPLE_")

    inner: Inner = Inner()
    options: dict[str, str] = Field(default_factory=dict)
    folder: str = "data"


def write(folder: Path, text: str) -> Path:
    (folder / ".env.sample").write_text(text, encoding="utf-8")
    return folder


def test_defaults_hold_where_nothing_is_set(tmp_path: Path) -> None:
    assert Sample.load(tmp_path) == Sample()


def test_the_file_is_read(tmp_path: Path) -> None:
    settings = Sample.load(write(tmp_path, "SAMPLE_INNER__PORT=7\nSAMPLE_FOLDER=elsewhere\n"))

    assert (settings.inner.port, settings.folder) == (7, "elsewhere")


def test_a_real_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_INNER__PORT", "9")

    assert Sample.load(write(tmp_path, "SAMPLE_INNER__PORT=7\n")).inner.port == 9


def test_a_real_variable_leaves_the_rest_of_its_section_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_INNER__PASSWORD", "from outside")

    settings = Sample.load(write(tmp_path, "SAMPLE_INNER__PORT=7\n"))

    assert settings.inner.port == 7
    assert settings.inner.password == SecretStr("from outside")


def test_an_empty_value_means_the_default(tmp_path: Path) -> None:
    assert Sample.load(write(tmp_path, "SAMPLE_INNER__PASSWORD=\nSAMPLE_INNER__PORT=\n")) == Sample()


def test_any_name_goes_below_an_open_ended_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_OPTIONS__WHATEVER_IT_IS", "yes")

    assert Sample.load(tmp_path).options == {"whatever_it_is": "yes"}


@pytest.mark.parametrize("source", ["file", "environment"])
def test_an_unknown_name_is_refused_with_the_closest_one(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if source == "file":
        write(tmp_path, "SAMPLE_INNER__PROT=7\n")
    else:
        monkeypatch.setenv("SAMPLE_INNER__PROT", "7")

    with pytest.raises(SettingsError, match=r"SAMPLE_INNER__PROT: .* the closest is SAMPLE_INNER__PORT"):
        Sample.load(tmp_path)


def test_a_stranger_s_variable_is_none_of_our_business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_SAMPLE_THING", "7")

    assert Sample.load(tmp_path) == Sample()


def test_a_wrong_value_is_named_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_INNER__PORT", "many")

    with pytest.raises(SettingsError, match="SAMPLE_INNER__PORT: Input should be a valid integer"):
        Sample.load(tmp_path)


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, "SAMPLE_INNER__PORT=0\nSAMPLE_INNER__PASSWORD=x\nSAMPLE_FOLDER=y\nSAMPLE_NONE=1\nSAMPLE_NADA=1\n")

    with pytest.raises(SettingsError) as trouble:
        Sample.load(tmp_path)

    assert "SAMPLE_NONE" in str(trouble.value)
    assert "SAMPLE_NADA" in str(trouble.value)


def test_a_secret_shows_in_no_error_and_no_repr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_INNER__PASSWORD", "hunter2hunter2")
    monkeypatch.setenv("SAMPLE_INNER__PORT", "hunter3")

    with pytest.raises(SettingsError) as trouble:
        Sample.load(tmp_path)
    monkeypatch.delenv("SAMPLE_INNER__PORT")

    assert "hunter" not in str(trouble.value)
    assert "hunter" not in repr(Sample.load(tmp_path))


def test_all_secrets_in_force_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_INNER__PASSWORD", "hunter2")

    assert Sample.load(tmp_path).secrets() == ["hunter2"]


def test_names_are_those_of_the_environment() -> None:
    assert [name for name, _ in names(Sample, "SAMPLE_")] == [
        "SAMPLE_INNER__PORT",
        "SAMPLE_INNER__PASSWORD",
        "SAMPLE_OPTIONS",
        "SAMPLE_FOLDER",
    ]

"""The app's settings."""

from pathlib import Path

import pytest

from neuroagent.app.config import AppSettings
from neuroagent.config.settings import SettingsError


def test_files_lie_in_the_data_folder_unless_put_elsewhere(tmp_path: Path) -> None:
    settings = AppSettings.load(tmp_path)

    assert settings.storage_in_place.folder == Path("data/files")


def test_a_short_token_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEUROAGENT_AUTH__TOKEN", "hunter2")

    with pytest.raises(SettingsError, match="NEUROAGENT_AUTH__TOKEN") as trouble:
        AppSettings.load(tmp_path)

    assert "hunter2" not in str(trouble.value)


def test_a_secret_shows_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AUTH__TOKEN", "SECRET_KEY", "REDIS__PASSWORD", "STORAGE__S3__SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"NEUROAGENT_{name}", "hunter2" * 6)
    monkeypatch.setenv("NEUROAGENT_DATABASE__URL", "postgresql://u:hunter2@h/db")

    settings = AppSettings.load(tmp_path)

    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert len(settings.secrets()) == 5

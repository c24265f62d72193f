from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from neuroagent.app.storage.settings import S3Settings, StorageSettings

BUCKET = S3Settings(endpoint_url="http://s3:9000", access_key_id="k", secret_access_key=SecretStr("s"))


def test_the_default_is_a_folder_that_the_app_serves() -> None:
    settings = StorageSettings()

    assert settings.backend == "disk"
    assert settings.address("browser") == settings.address("worker") == "http://127.0.0.1:8078"


def test_workers_may_know_the_store_by_another_name() -> None:
    settings = StorageSettings(public_url="https://chat.example/app/", worker_url="http://app:8078/")

    assert settings.address("browser") == "https://chat.example/app"
    assert settings.address("worker") == "http://app:8078"


def test_s3_names_everything_it_lacks() -> None:
    with pytest.raises(ValidationError, match=r"s3\.access_key_id, s3\.endpoint_url, s3\.secret_access_key"):
        StorageSettings(backend="s3", public_url="https://files.example")


def test_s3_wants_the_address_that_browsers_use() -> None:
    with pytest.raises(ValidationError, match="public_url"):
        StorageSettings(backend="s3", s3=BUCKET)


def test_s3_with_all_it_needs_is_taken() -> None:
    settings = StorageSettings(backend="s3", s3=BUCKET, public_url="https://files.example")

    assert settings.address("worker") == "https://files.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_url": "ftp://files.example"},
        {"public_url": "https://files.example?x=1"},
        {"worker_url": "javascript:alert(1)"},
        {"link_lifetime": timedelta(days=8)},
        {"link_lifetime": timedelta(0)},
        {"max_upload_bytes": 0},
        {"backend": "tape"},
    ],
)
def test_what_could_not_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StorageSettings.model_validate(wrong)


def test_a_secret_is_not_printed() -> None:
    assert "secret_access_key=SecretStr('**********')" in repr(BUCKET)


@pytest.mark.parametrize("section", [StorageSettings, S3Settings])
def test_every_setting_is_described(section: type[StorageSettings | S3Settings]) -> None:
    assert all(field.description for field in section.model_fields.values())

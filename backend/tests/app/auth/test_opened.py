"""The gate that the settings ask for."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from neuroagent.app.auth.gate import KeysOnly, OneToken
from neuroagent.app.auth.oidc import Oidc
from neuroagent.app.auth.opened import open_gate
from neuroagent.app.auth.settings import AuthSettings
from neuroagent.app.db.database import DatabaseSettings, open_database

OIDC = {"issuer": "https://id.example", "client_id": "app"}


@pytest.mark.parametrize(("mode", "kind"), [("token", OneToken), ("keys", KeysOnly), ("oidc", Oidc)])
def test_each_mode_has_its_gate(mode: str, kind: type, tmp_path: Path) -> None:
    settings = AuthSettings.model_validate({"mode": mode, "oidc": OIDC})

    gate = open_gate(settings, SecretStr("x" * 16), b"secret", open_database(DatabaseSettings(), tmp_path))

    assert isinstance(gate.mode, kind)

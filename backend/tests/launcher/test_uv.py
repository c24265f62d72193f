import subprocess
import sys
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout

from neuroagent.launcher.errors import InstallFailed
from neuroagent.launcher.uv import find_uv, pip_index, run_uv, uv_environment


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_one_on_the_path_is_used(tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    uv = program(tmp_path / "bin" / "uv", "exit 0")
    monkeypatch.setenv("PATH", str(uv.parent))

    assert find_uv(checkout(tmp_path / "checkout"), output.terminal) == uv


def test_else_the_one_that_was_brought(tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    here = checkout(tmp_path / "checkout")
    uv = program(here.brought / "uv" / "bin" / "uv", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_uv(here, output.terminal) == uv


def test_pips_mirror_becomes_uvs() -> None:
    assert uv_environment({}, "https://mirror/simple")["UV_DEFAULT_INDEX"] == "https://mirror/simple"


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_an_index_of_the_users_own_wins(name: str) -> None:
    environment = uv_environment({name: "https://mine"}, "https://mirror")

    assert [value for value in environment.values() if value.startswith("https")] == ["https://mine"]


def test_the_systems_certificates_count_unless_the_user_says_otherwise() -> None:
    assert uv_environment({}, None)["UV_SYSTEM_CERTS"] == "true"
    assert uv_environment({"UV_NATIVE_TLS": "false"}, None) == {"UV_NATIVE_TLS": "false"}


def test_pips_configuration_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://configured/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)

    assert pip_index.__wrapped__(python_with_pip()) == "https://configured/simple"


def test_pips_environment_variable_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://variable/simple")

    assert pip_index.__wrapped__(python_with_pip()) == "https://variable/simple"


def python_with_pip() -> str:
    for candidate in ("python3", "python", f"{sys.base_prefix}/bin/python3"):
        ask = subprocess.run(["/usr/bin/env", candidate, "-m", "pip", "--version"], capture_output=True, check=False)
        where = ["/usr/bin/env", candidate, "-c", "import sys; print(sys.executable)"]
        if ask.returncode == 0:
            return subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()
    pytest.skip("no Python here has pip")


def test_a_failure_says_what_to_do(tmp_path: Path) -> None:
    uv = program(tmp_path / "uv", "exit 3")

    with pytest.raises(InstallFailed, match=r"uv pip sync failed \(status 3\)"):
        run_uv(uv, "pip", "sync", folder=tmp_path)

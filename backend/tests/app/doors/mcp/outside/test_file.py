"""The file that names other servers."""

import json
from pathlib import Path
from typing import Any

import pytest

from neuroagent.app.doors.mcp.outside.file import entries
from neuroagent.config.settings import SettingsError


def written(folder: Path, servers: Any) -> Path:
    file = folder / "servers.json"
    file.write_text(json.dumps({"mcpServers": servers}))
    return file


def test_without_a_file_there_are_none() -> None:
    assert entries(None, {}) == {}


def test_secrets_come_from_the_environment(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {
            "Atlas-1": {"url": "https://atlas.example/mcp", "headers": {"authorization": "Bearer ${ATLAS_KEY}"}},
            "files": {"command": "files", "env": {"KEY": "${ATLAS_KEY}"}, "prefix": "f_", "approval": "never"},
        },
    )

    found = entries(file, {"ATLAS_KEY": "s3cret"})

    assert found["Atlas-1"].headers == {"authorization": "Bearer s3cret"}
    assert (found["Atlas-1"].prefix, found["Atlas-1"].approval, found["Atlas-1"].timeout) == ("atlas_1_", "always", 60)
    assert (found["files"].env, found["files"].prefix, found["files"].approval) == ({"KEY": "s3cret"}, "f_", "never")


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        ({"a": {}}, "give `url` or `command`, one of them"),
        ({"a": {"url": "https://x", "command": "y"}}, "one of them"),
        ({"a": {"url": "file:///etc/passwd"}}, "url"),
        ({"a": {"url": "https://x", "args": ["1"]}}, "`args` and `env` go with `command`"),
        ({"a": {"command": "x", "headers": {"a": "b"}}}, "`headers` go with `url`"),
        ({"a": {"url": "https://x", "aproval": "never"}}, "aproval"),
        ({"a": {"url": "https://x", "approval": "sometimes"}}, "approval"),
        ({"../a": {"url": "https://x"}}, "String should match pattern"),
        ({"a": {"url": "https://x", "headers": {"k": "${NOT_THERE}"}}}, "the environment has no NOT_THERE"),
        ([], "mcpServers"),
    ],
)
def test_what_is_wrong_is_named(servers: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=said.replace("`", ".")) as error:
        entries(written(tmp_path, servers), {})

    assert str(tmp_path / "servers.json") in str(error.value)


def test_a_file_that_isn_t_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read: No such file"):
        entries(tmp_path / "missing.json", {})

"""Secrets that nobody has set: made once, readable by their owner only."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE

from pydantic import SecretStr

from neuroagent.app.keys import kept_secret


def test_a_given_secret_counts_and_is_not_written_down(tmp_path: Path) -> None:
    assert kept_secret(SecretStr("given"), tmp_path / "secret").get_secret_value() == "given"
    assert not (tmp_path / "secret").exists()


def test_a_made_secret_stays_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret"

    first = kept_secret(None, file)

    assert kept_secret(None, file) == first
    assert len(first.get_secret_value()) >= 32
    assert S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_many_starting_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        secrets = {
            secret.get_secret_value() for secret in pool.map(lambda _: kept_secret(None, tmp_path / "s"), range(64))
        }

    assert len(secrets) == 1

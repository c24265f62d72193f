import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from launcher.stand_ins import checkout
from processes import free_port, redis_binary, until
from redis import AuthenticationError, Redis

from neuroagent.launcher import redis
from neuroagent.launcher.redis import RedisConfig


@contextmanager
def serving(config: RedisConfig) -> Iterator[Redis]:
    process = subprocess.Popen([redis_binary(), str(config.save())], stdout=subprocess.DEVNULL)
    try:
        until(lambda: redis.answers(config.port, config.password), "Redis answers", process)
        with Redis(port=config.port, password=config.password, decode_responses=True) as connection:
            yield connection
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize(
    "name", ["plain", "with space", 'it\'s "quoted"', "back\\slash", "größe ✓", "tab\tand\nline", "#"]
)
def test_any_folder_can_hold_the_data(tmp_path: Path, name: str) -> None:
    config = RedisConfig(tmp_path / name, free_port(), "secret")

    with serving(config) as connection:
        assert connection.config_get("dir") == {"dir": str(config.folder)}


def test_any_password_is_taken(tmp_path: Path) -> None:
    with serving(RedisConfig(tmp_path, free_port(), 'a "b" \\c #ü')) as connection:
        assert connection.ping()


def test_it_forgets_nothing_and_evicts_nothing(tmp_path: Path) -> None:
    with serving(RedisConfig(tmp_path, free_port(), "secret")) as connection:
        assert connection.config_get("append*")["appendonly"] == "yes"
        assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert connection.config_get("save") == {"save": ""}


def test_without_the_password_nothing_is_answered(tmp_path: Path) -> None:
    config = RedisConfig(tmp_path, free_port(), "secret")
    with serving(config), Redis(port=config.port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()


def test_state_survives_a_restart(tmp_path: Path) -> None:
    config = RedisConfig(tmp_path, free_port(), "secret")
    with serving(config) as connection:
        connection.set("kept", "yes")

    with serving(config) as connection:
        assert connection.get("kept") == "yes"


def test_the_configuration_is_nobody_elses_business(tmp_path: Path) -> None:
    (tmp_path / "redis.conf").touch(mode=0o644)

    path = RedisConfig(tmp_path, 1, "secret").save()

    assert path.stat().st_mode & 0o777 == 0o600


def test_the_password_stays_with_the_data(tmp_path: Path) -> None:
    first = redis.password_of(tmp_path / "one", {})

    assert redis.password_of(tmp_path / "one", {}) == first
    assert redis.password_of(tmp_path / "two", {}) != first
    assert (tmp_path / "one" / "redis" / "password").stat().st_mode & 0o777 == 0o600


def test_a_password_of_the_users_own_wins(tmp_path: Path) -> None:
    assert redis.password_of(tmp_path, {"NEUROAGENT_REDIS__PASSWORD": "mine"}) == "mine"


def test_another_password_is_not_our_redis(tmp_path: Path) -> None:
    config = RedisConfig(tmp_path, free_port(), "secret")
    with serving(config):
        assert not redis.answers(config.port, "another")


def programs(folder: Path, **answers: str) -> dict[str, str]:
    """A PATH with programs that say which version they are."""
    for name, answer in answers.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!/bin/sh\necho '{answer}'\n")
        program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"}


def never() -> Path:
    raise AssertionError("nothing is to be installed")


def test_a_server_on_the_path_is_preferred(tmp_path: Path) -> None:
    environ = programs(tmp_path, redis_server="Redis server v=7.2.4 sha=0", valkey_server="Valkey server v=8.0.1 sha=0")

    assert redis.redis_binary(checkout(tmp_path / "checkout"), never, environ) == tmp_path / "redis-server"


def test_a_server_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    environ = programs(tmp_path, redis_server="Redis server v=5.0.7 sha=0", valkey_server="Valkey server v=8.0.1 sha=0")

    assert redis.redis_binary(checkout(tmp_path / "checkout"), never, environ) == tmp_path / "valkey-server"


def test_the_version_is_read_from_the_real_one() -> None:
    found = redis.version(Path(redis_binary()))

    assert found
    assert found >= redis.OLDEST

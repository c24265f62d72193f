from pathlib import Path

import pytest

from neuroagent.launcher.checkout import Checkout
from neuroagent.launcher.errors import UsageError
from neuroagent.launcher.plan import PARTS, Flags, plan

HERE = Checkout(Path("/checkout"))


def test_by_default_everything_starts_on_our_ports() -> None:
    made = plan(HERE, Flags(), {})

    assert made.parts == PARTS
    assert (made.url, made.redis_port, made.data) == ("http://127.0.0.1:8078", 8079, Path("/checkout/data"))


def test_the_environment_wins_over_defaults_and_flags_over_the_environment() -> None:
    environ = {"NEUROAGENT_SERVER__PORT": "1", "NEUROAGENT_REDIS__PORT": "2", "NEUROAGENT_DATA_FOLDER": "mine"}

    from_environment = plan(HERE, Flags(), environ)
    from_flags = plan(HERE, Flags(port=3, redis_port=4, data="/flag"), environ)

    assert (from_environment.port, from_environment.redis_port) == (1, 2)
    assert from_environment.data == Path("/checkout/mine")
    assert (from_flags.port, from_flags.redis_port, from_flags.data) == (3, 4, Path("/flag"))


def test_an_empty_setting_counts_as_none() -> None:
    made = plan(HERE, Flags(), {"NEUROAGENT_SERVER__PORT": "", "NEUROAGENT_REDIS__URL": ""})

    assert made.port == 8078
    assert made.starts("redis")


@pytest.mark.parametrize("name", ["URL", "HOST", "UNIX_SOCKET", "SENTINELS"])
def test_with_a_redis_of_the_users_own_none_starts(name: str) -> None:
    made = plan(HERE, Flags(), {f"NEUROAGENT_REDIS__{name}": "theirs"})

    assert made.parts == ("tasks", "app")


def test_only_the_parts_that_were_asked_for() -> None:
    assert plan(HERE, Flags(only=["app", "redis"]), {}).parts == ("redis", "app")


def test_only_redis_beside_a_redis_of_ones_own_is_refused() -> None:
    with pytest.raises(UsageError, match="there is none to start"):
        plan(HERE, Flags(only=["redis"]), {"NEUROAGENT_REDIS__HOST": "theirs"})


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(UsageError, match=port):
        plan(HERE, Flags(), {"NEUROAGENT_SERVER__PORT": port})


@pytest.mark.parametrize(
    ("host", "url"), [("0.0.0.0", "http://127.0.0.1:1"), ("::", "http://[::1]:1"), ("box", "http://box:1")]
)
def test_the_url_can_be_opened_wherever_the_app_listens(host: str, url: str) -> None:
    assert plan(HERE, Flags(port=1), {"NEUROAGENT_SERVER__HOST": host}).url == url

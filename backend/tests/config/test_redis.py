"""One address of Redis, spelled the two ways redis-py and Celery want it; both are tried on real servers."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from kombu import Connection, Exchange, Queue
from processes import RedisServer, free_port, redis_binary, redis_server, running, until
from pydantic import SecretStr, ValidationError
from redis import Redis, RedisError
from redis.sentinel import Sentinel
from tls_front import tls_front

from neuroagent.config.redis import Address, RedisSettings
from neuroagent.tasks.runtime.redis import connect

AWKWARD = 'p@ss:w/rd?#%41é "'


def settings(**values: Any) -> RedisSettings:
    return RedisSettings.model_validate(values)


def carries_a_message(given: RedisSettings) -> bool:
    """Through Celery's transport, as the broker does it."""
    options = {"connect_timeout": 2, "transport_options": given.broker_transport_options(), "ssl": given.broker_tls()}
    with Connection(given.broker_url(), **options) as connection:
        queue = connection.SimpleQueue(Queue("q", Exchange(), routing_key="q"))
        queue.put({"hello": "there"})
        message = queue.get(timeout=5)
        message.ack()
        queue.close()
        return bool(message.payload == {"hello": "there"})


def both_reach(given: RedisSettings) -> None:
    with connect(given) as redis:
        assert redis.ping()
    assert carries_a_message(given)


@pytest.fixture
def awkward(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path / "redis", password=AWKWARD) as server:
        yield server


def test_by_host_and_port_with_an_awkward_password(awkward: RedisServer) -> None:
    both_reach(settings(port=awkward.port, password=AWKWARD))


def test_by_a_url_that_names_database_and_password(redis: RedisServer) -> None:
    both_reach(settings(url=f"redis://:{redis.password}@127.0.0.1:{redis.port}/3"))


def test_by_a_url_with_the_password_apart(awkward: RedisServer) -> None:
    both_reach(settings(url=f"redis://127.0.0.1:{awkward.port}/0", password=AWKWARD))


def test_as_a_user_of_an_access_list(redis: RedisServer, redis_client: Redis) -> None:
    redis_client.acl_setuser(
        "neuro@agent", enabled=True, passwords=["+p@:/w"], keys=["*"], channels=["*"], commands=["+@all"]
    )

    both_reach(settings(port=redis.port, username="neuro@agent", password="p@:/w"))


def test_by_a_unix_socket_in_a_folder_with_a_space(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    with redis_server(folder, "--unixsocket", str(folder / "redis.sock")) as server:
        both_reach(settings(unix_socket=folder / "redis.sock", password=server.password, db=2))
        both_reach(settings(url=f"unix://:{server.password}@{folder}/redis.sock?db=2"))


def test_by_tls_with_certificates_of_both_sides(redis: RedisServer, tmp_path: Path) -> None:
    authority = trustme.CA()
    ca, certificate, key = tmp_path / "ca.pem", tmp_path / "client.pem", tmp_path / "client.key"
    authority.cert_pem.write_to_path(str(ca))
    client = authority.issue_cert("worker@example.org")
    client.cert_chain_pems[0].write_to_path(str(certificate))
    client.private_key_pem.write_to_path(str(key))

    with tls_front(redis.port, authority) as port:
        known = {"url": f"rediss://:{redis.password}@localhost:{port}/0", "tls_ca": ca}
        both_reach(settings(**known, tls_certificate=certificate, tls_key=key))
        with pytest.raises((RedisError, ssl.SSLError, OSError)):
            connect(settings(**known)).ping()


def test_a_certificate_of_a_stranger_is_refused(redis: RedisServer, tmp_path: Path) -> None:
    stranger = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))

    with (
        tls_front(redis.port, trustme.CA(), ask_for_certificate=False) as port,
        pytest.raises(RedisError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        connect(settings(host="localhost", port=port, tls=True, tls_ca=stranger, password=redis.password)).ping()


def test_by_sentinels_that_know_the_master(redis: RedisServer, tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "sentinel.conf"
    config.write_text(
        f"port {port}\nbind 127.0.0.1\nrequirepass watch\n"
        f"sentinel monitor chief 127.0.0.1 {redis.port} 1\nsentinel auth-pass chief {redis.password}\n"
    )
    given = settings(
        sentinels=f"127.0.0.1:{port}", sentinel_master="chief", sentinel_password="watch", password=redis.password
    )
    with running([redis_binary(), str(config), "--sentinel"], tmp_path / "sentinel.log"):
        watcher = Sentinel([("127.0.0.1", port)], sentinel_kwargs={"password": "watch"})
        until(lambda: knows(watcher), "the sentinel knows its master")
        both_reach(given)


def knows(watcher: Sentinel) -> bool:
    try:
        return bool(watcher.discover_master("chief"))
    except RedisError:
        return False


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://localhost", Address("localhost")),
        ("redis://h:7000/4", Address("h", 7000, 4)),
        ("rediss://me:pw@h:7000/1", Address("h", 7000, 1, "me", "pw", tls=True)),
        ("redis://:p%40w@h", Address("h", password="p@w")),
        ("redis://:p@ss:w/rd@h:7000/1", Address("h", 7000, 1, password="p@ss:w/rd")),
        ("redis://[::1]:7000/1", Address("::1", 7000, 1)),
        ("redis://[::1]", Address("::1")),
        ("unix:///run/redis.sock?db=2", Address(unix_socket="/run/redis.sock", db=2)),
        ("unix://me:pw@/run/a%20b.sock", Address(unix_socket="/run/a b.sock", username="me", password="pw")),
    ],
)
def test_a_url_is_read(url: str, address: Address) -> None:
    assert settings(url=url).address == address


@pytest.mark.parametrize("url", ["http://h", "localhost:6379", "redis://h/first", "redis://h:port/1", "unix:///s?db=x"])
def test_a_url_that_isn_t_one_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValidationError) as trouble:
        settings(url=url.replace("//", "//:hunter2@"))

    assert "hunter2" not in str(trouble.value)


def test_a_certificate_without_its_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="set both or neither"):
        settings(tls_certificate="client.pem")


def test_no_password_shows() -> None:
    given = settings(password="hunter2", sentinel_password="hunter2", url="redis://:hunter2@h")

    assert "hunter2" not in f"{given!r} {given.address!r} {given}"
    assert given.password == SecretStr("hunter2")


def test_a_blocking_reader_waits_for_as_long_as_it_takes() -> None:
    assert settings().client_options(blocking=True)["socket_timeout"] is None
    assert settings(command_timeout=3).client_options()["socket_timeout"] == 3

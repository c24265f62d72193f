"""Where Redis is and how it is reached: one address, spelled the two ways redis-py and Celery want it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote

from pydantic import Field, SecretStr, field_validator, model_validator

from neuroagent.config.settings import Section

DEFAULT_SENTINEL_PORT = 26379


@dataclass(frozen=True)
class Address:
    """One Redis server, whichever way the settings named it."""

    host: str = "127.0.0.1"
    port: int = 6379
    db: int = 0
    username: str | None = None
    password: str | None = None
    tls: bool = False
    unix_socket: str | None = None

    def __repr__(self) -> str:
        where = self.unix_socket or f"{self.host}:{self.port}"
        return f"<Redis at {where}, db {self.db}>"  # a password must not end in a log


class RedisSettings(Section):
    """The Redis that carries tasks, events and answers."""

    url: SecretStr | None = Field(
        None, description="`redis://`, `rediss://` or `unix://`; stands in for host, port, username, password and db."
    )
    host: str = Field("127.0.0.1", description="Host name or address.")
    port: int = Field(6379, ge=1, le=65535, description="TCP port.")
    username: str | None = Field(None, description="ACL user, if not the default one.")
    password: SecretStr | None = Field(None, description="Password; any character may stand in it.")
    db: int = Field(0, ge=0, description="Database number.")
    unix_socket: Path | None = Field(None, description="Path of a unix socket, used in place of host and port.")
    tls: bool = Field(False, description="Speak TLS, as `rediss://` does.")
    tls_ca: Path | None = Field(None, description="CA certificates that may sign the server's; else the system's.")
    tls_certificate: Path | None = Field(None, description="Our certificate, where the server asks for one.")
    tls_key: Path | None = Field(None, description="The key of our certificate.")
    sentinels: str | None = Field(None, description="`host:port,host:port`: ask these Sentinels who the master is.")
    sentinel_master: str = Field("mymaster", description="The master's name among the Sentinels.")
    sentinel_password: SecretStr | None = Field(None, description="Password of the Sentinels themselves.")
    pool_size: int = Field(
        1, ge=1, description="Connections of one process for short commands; one more sends, and one waits."
    )
    connect_timeout: float = Field(2.0, gt=0, description="Seconds to wait for a connection.")
    command_timeout: float = Field(
        5.0, gt=0, description="Seconds to wait for the answer to a short command; blocking reads have no limit."
    )

    @field_validator("url")
    @classmethod
    def _readable(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            _address_of(url.get_secret_value())
        return url

    @model_validator(mode="after")
    def _key_and_certificate(self) -> Self:
        if (self.tls_key is None) != (self.tls_certificate is None):
            raise ValueError("tls_key and tls_certificate go together: set both or neither")
        return self

    @property
    def address(self) -> Address:
        password = self.password.get_secret_value() if self.password else None
        if self.url is not None:
            return _address_of(self.url.get_secret_value(), password)
        socket = str(self.unix_socket) if self.unix_socket else None
        return Address(self.host, self.port, self.db, self.username, password, self.tls, socket)

    @property
    def sentinel_hosts(self) -> list[tuple[str, int]]:
        return [_host_and_port(part.strip()) for part in (self.sentinels or "").split(",") if part.strip()]

    def client_options(self, *, blocking: bool = False) -> dict[str, Any]:
        """What redis-py's `Redis(…)` takes; a blocking reader waits for as long as nothing comes."""
        address = self.address
        options: dict[str, Any] = {
            "db": address.db,
            "username": address.username,
            "password": address.password,
            "socket_connect_timeout": self.connect_timeout,
            "socket_timeout": None if blocking else self.command_timeout,
            "health_check_interval": 30,
        }
        if address.unix_socket:
            return options | {"unix_socket_path": address.unix_socket}
        options |= {"socket_keepalive": True}
        if address.tls:
            options |= {"ssl": True} | self._tls_files()
        return options if self.sentinel_hosts else options | {"host": address.host, "port": address.port}

    def sentinel_options(self) -> dict[str, Any]:
        password = self.sentinel_password.get_secret_value() if self.sentinel_password else None
        tls = {"ssl": True} | self._tls_files() if self.address.tls else {}
        timeouts = {"socket_connect_timeout": self.connect_timeout, "socket_timeout": self.command_timeout}
        return timeouts | tls | {"password": password}

    def broker_url(self) -> str:
        """Celery's spelling; every part percent-encoded, so that any password survives."""
        address = self.address
        user = f"{quote(address.username or '', safe='')}:{quote(address.password or '', safe='')}@"
        user = "" if user == ":@" else user
        if self.sentinel_hosts:
            return ";".join(f"sentinel://{user}{host}:{port}/{address.db}" for host, port in self.sentinel_hosts)
        if address.unix_socket:
            return f"redis+socket://{user}{quote(address.unix_socket)}?virtual_host={address.db}"
        return f"{'rediss' if address.tls else 'redis'}://{user}{address.host}:{address.port}/{address.db}"

    def broker_transport_options(self) -> dict[str, Any]:
        """Celery's connection options that depend on where Redis is."""
        options: dict[str, Any] = {"socket_connect_timeout": self.connect_timeout, "health_check_interval": 5}
        if self.sentinel_hosts:
            options |= {"master_name": self.sentinel_master, "sentinel_kwargs": self.sentinel_options()}
        return options

    def broker_tls(self) -> dict[str, Any] | None:
        return {"ssl_cert_reqs": "required"} | self._tls_files() if self.address.tls else None

    def _tls_files(self) -> dict[str, Any]:
        files = {"ssl_ca_certs": self.tls_ca, "ssl_certfile": self.tls_certificate, "ssl_keyfile": self.tls_key}
        return {option: str(path) for option, path in files.items() if path}


def _address_of(url: str, password: str | None = None) -> Address:
    """Read a URL by its last `@`, so that a password written down without percent-encoding is read too."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("a Redis URL starts with redis://, rediss:// or unix://")
    userinfo, _, place = rest.rpartition("@")
    username, _, url_password = userinfo.partition(":")
    who = unquote(username) or None
    password = unquote(url_password) or password
    if scheme == "unix":
        path, _, query = place.partition("?")
        db = parse_qs(query).get("db", ["0"])[0]
        return Address(unix_socket=unquote(path), db=_database(db), username=who, password=password)
    host_and_port, _, path = place.partition("?")[0].partition("/")
    host, port = _host_and_port(host_and_port, default_port=6379)
    return Address(host, port, _database(path or "0"), who, password, tls=scheme == "rediss")


def _database(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("a Redis URL ends with a database number, as in redis://localhost:6379/0")
    return int(text)


def _host_and_port(text: str, default_port: int = DEFAULT_SENTINEL_PORT) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or text.endswith("]"):  # an IPv6 address in brackets has colons of its own
        host, port = text, ""
    if port and not port.isdecimal():
        raise ValueError("a port is a number, as in localhost:6379")
    return host.strip("[]") or "127.0.0.1", int(port or default_port)

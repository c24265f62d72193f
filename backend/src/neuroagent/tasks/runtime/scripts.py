"""Runs scripts in Redis on a connection that a thread keeps: redis-py's own way to them takes three times as long."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha1
from os import getpid
from threading import get_ident
from typing import Any

from hiredis import pack_command
from redis import ConnectionError as NoConnection
from redis import Redis
from redis.connection import Connection
from redis.exceptions import NoScriptError


def run_script(redis: Redis, script: str, keys: Sequence[str], given: Sequence[Any]) -> str:
    """By its digest; a Redis that doesn't know it yet, or a connection that has died meanwhile, takes the long way."""
    process, thread = getpid(), get_ident()  # a process is forked from one that has a connection too
    connection = _kept(redis, process, thread)
    try:
        connection.send_packed_command([pack_command(("EVALSHA", _digest(script), len(keys), *keys, *given))])
        answer = connection.read_response(disable_decoding=True)
    except (NoScriptError, NoConnection):
        answer = _registered(redis, script, process)(keys=keys, args=given)
    return answer.decode()  # type: ignore[no-any-return]  # each script answers with a text


@cache
def _kept(redis: Redis, _process: int, _thread: int) -> Connection:
    return redis.connection_pool.get_connection()


@cache
def _registered(redis: Redis, script: str, _process: int) -> Any:
    return redis.register_script(script)


@cache
def _digest(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()

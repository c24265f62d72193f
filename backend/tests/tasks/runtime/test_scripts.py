"""A script in Redis, by its digest, whatever happened to Redis or to the connection meanwhile."""

from threading import Thread

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from neuroagent.tasks.runtime.scripts import run_script

ECHO = "return ARGV[1] .. KEYS[1]"


def test_a_redis_that_has_never_seen_the_script_is_given_it(redis_client: Redis) -> None:
    redis_client.script_flush()

    assert [run_script(redis_client, ECHO, ["k"], [number]) for number in (1, 2.5)] == ["1k", "2.5k"]


def test_a_connection_that_died_meanwhile_is_replaced(redis_client: Redis) -> None:
    run_script(redis_client, ECHO, ["k"], [1])
    redis_client.client_kill_filter(_type="normal", skipme=False)

    assert run_script(redis_client, ECHO, ["k"], [2]) == "2k"
    assert run_script(redis_client, ECHO, ["k"], [3]) == "3k"


def test_a_script_that_fails_says_so_and_the_next_is_answered(redis_client: Redis) -> None:
    with pytest.raises(ResponseError, match="no such thing"):
        run_script(redis_client, "return redis.error_reply('no such thing')", [], [])

    assert run_script(redis_client, ECHO, ["k"], [1]) == "1k"


def test_each_thread_has_a_line_of_its_own(redis_client: Redis) -> None:
    run_script(redis_client, ECHO, ["k"], [0])
    answers: list[str] = []
    threads = [
        Thread(target=lambda n=n: answers.extend(run_script(redis_client, ECHO, ["k"], [n]) for _ in range(50)))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(f"{n}k" for n in range(4) for _ in range(50))

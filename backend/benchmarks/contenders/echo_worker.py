"""The least that two processes can do over Redis: take from a list, put onto another."""

import os
import sys
from multiprocessing import Process

from redis import Redis


def echo() -> None:
    redis = Redis.from_url(os.environ["BENCH_REDIS"])
    while True:
        _, asked = redis.brpop(["echo"])
        redis.lpush(f"echo:{asked.decode()}", asked)


if __name__ == "__main__":
    for _ in range(int(sys.argv[1])):
        Process(target=echo).start()

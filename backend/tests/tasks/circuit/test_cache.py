"""Tables that were read before, in a folder that a machine's workers share."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from processes import SOURCES

from neuroagent.tasks.circuit.cache import Cache, Key


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", most_bytes=1_000)


def put(cache: Cache, key: Key, size: int = 400) -> None:
    made = cache.spool / f"made-{key.part}-{os.getpid()}"
    made.write_bytes(b"x" * size)
    cache.put(key, {"table": made})


def has(cache: Cache, key: Key) -> bool:
    with cache.reading(key) as entry:
        return entry is not None


def one(part: str) -> Key:
    return Key("sha256:0", part)


def test_what_was_put_is_there_again(cache: Cache) -> None:
    put(cache, one("a"))

    with cache.reading(one("a")) as entry:
        assert entry is not None
        assert (entry / "table").read_bytes() == b"x" * 400
    assert not has(cache, one("b"))
    assert not has(cache, Key("sha256:1", "a"))


def test_the_least_recently_used_goes_first(cache: Cache) -> None:
    for name in "ab":
        put(cache, one(name))
        time.sleep(0.02)
    assert has(cache, one("a"))
    time.sleep(0.02)

    put(cache, one("c"))

    assert [name for name in "abc" if has(cache, one(name))] == ["a", "c"]
    assert cache.bytes() <= 1_000


def test_what_somebody_reads_stays_until_he_is_done(cache: Cache) -> None:
    put(cache, one("a"), 900)

    with cache.reading(one("a")) as entry:
        put(cache, one("b"), 900)
        assert entry is not None
        assert (entry / "table").exists()

    cache.shrink()
    assert cache.bytes() <= 1_000


def test_the_entry_just_put_survives_even_if_it_is_too_large(cache: Cache) -> None:
    put(cache, one("a"))
    put(cache, one("b"), 5_000)

    assert has(cache, one("b"))
    assert not has(cache, one("a"))


def test_the_first_of_two_with_the_same_key_stays(cache: Cache) -> None:
    put(cache, one("a"), 10)
    put(cache, one("a"), 20)

    assert cache.bytes() == 10


def test_two_threads_fill_one_after_the_other(cache: Cache) -> None:
    filled: list[str] = []

    def fill(name: str) -> None:
        with cache.filling(one("a")):
            if not has(cache, one("a")):
                filled.append(name)
                time.sleep(0.1)
                put(cache, one("a"))

    threads = [Thread(target=fill, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(filled) == 1


CROWD = """
import os, sys
from pathlib import Path
from neuroagent.tasks.circuit.cache import Cache, Key

cache, seed = Cache(Path(sys.argv[1]), most_bytes=1_000), int(sys.argv[2])
for number in range(40):
    key = Key("sha256:0", str((number * seed) % 7))
    with cache.filling(key):
        with cache.reading(key) as entry:
            there = entry is not None
        if not there:
            made = cache.spool / f"made-{key.part}-{os.getpid()}"
            made.write_bytes(b"x" * 400)
            cache.put(key, {"table": made})
    with cache.reading(key) as entry:
        assert entry is None or (entry / "table").stat().st_size == 400
"""


def test_processes_share_it_without_meeting_half_an_entry(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    command = [sys.executable, "-c", CROWD, str(tmp_path / "cache")]
    workers = [subprocess.Popen([*command, str(seed)], env=environment) for seed in (1, 3)]

    assert [worker.wait(60) for worker in workers] == [0, 0]
    cache = Cache(tmp_path / "cache", 1_000)
    cache.shrink()
    assert cache.bytes() <= 1_000
    assert list(cache.spool.iterdir()) == []


def test_what_killed_workers_left_is_swept_out_in_time(cache: Cache) -> None:
    old, new = cache.spool / "reader-old", cache.spool / "reader-new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))

    cache.sweep()

    assert [left.name for left in cache.spool.iterdir()] == ["reader-new"]

"""Starts children from one thread that lives as long as the process: the kernel ties a child to the thread."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_keepers: dict[int, ThreadPoolExecutor] = {}


def in_lasting_thread(start: Callable[[], T]) -> T:
    """A child started from a thread that ends, ends with it: `PR_SET_PDEATHSIG` means the thread, not the process."""
    return _keeper().submit(start).result()


def _keeper() -> ThreadPoolExecutor:
    with _lock:
        process = os.getpid()
        if process not in _keepers:  # threads don't come along through a fork
            _keepers.clear()
            _keepers[process] = ThreadPoolExecutor(1, "wall-keeper")
        return _keepers[process]


def _forget() -> None:
    global _lock  # noqa: PLW0603 - another thread may have held it when we were forked
    _lock = threading.Lock()
    _keepers.clear()


os.register_at_fork(after_in_child=_forget)

"""Keeps a worker from waiting for ever when Redis dies: kombu may be told of a socket that is another by then."""

import select
from typing import Any, Final

from kombu.transport.redis import MultiChannelPoller

_on_readable: Final = MultiChannelPoller.on_readable


def read_only_what_is_there() -> None:
    """A batch of events outlives the connections it is about: one event reconnects, the next has an old number."""
    MultiChannelPoller.on_readable = _careful


def _careful(poller: Any, fileno: int) -> Any:
    known = fileno in poller._fd_to_chan  # noqa: SLF001 - kombu offers no other way to ask
    return _on_readable(poller, fileno) if known and _has_something(fileno) else None


def _has_something(fileno: int) -> bool:
    asked = select.poll()
    asked.register(fileno, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(asked.poll(0))

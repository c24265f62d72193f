"""Kernel calls: what they refuse comes back as an error that says which."""

import ctypes
import errno
import mmap
import sys

import pytest

from neuroagent.tasks.wall.inside import kernel

linux = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's calls")


@linux
def test_a_refused_call_names_itself_and_the_reason() -> None:
    with pytest.raises(OSError, match="prctl 9999") as refused:
        kernel.prctl(9999)

    assert refused.value.errno == errno.EINVAL


@linux
def test_a_call_by_number_passes_bytes_and_numbers() -> None:
    with pytest.raises(OSError, match="system call 444") as refused:
        kernel.call(kernel.LANDLOCK_CREATE, b"x", 1, 0)

    assert refused.value.errno in {errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM}


@linux
def test_bytes_lie_at_exactly_the_chosen_place_and_never_over_something() -> None:
    place = 0x5_1234_5678

    kernel.memory_at(place, b"here")

    assert ctypes.string_at(place, 4) == b"here"
    with pytest.raises(OSError, match="no memory at the chosen address"):
        kernel.memory_at(place, b"there")
    assert ctypes.string_at(place, 4) == b"here"


def test_no_page_is_larger_than_what_places_are_rounded_to() -> None:
    assert kernel.PAGE % mmap.PAGESIZE == 0


def test_where_there_is_no_linux_every_layer_is_missing_with_that_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(kernel.Missing, match="only Linux"):
        kernel.libc()

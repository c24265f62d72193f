"""Only rights that a kernel knows are asked of it."""

import pytest

from neuroagent.tasks.wall.inside.landlock import IOCTL_DEVICES, TRUNCATE, _known_file_rights


@pytest.mark.parametrize(
    ("version", "rights"), [(1, 0x1FFF), (2, 0x3FFF), (3, 0x7FFF), (4, 0x7FFF), (5, 0xFFFF), (6, 0xFFFF), (9, 0xFFFF)]
)
def test_an_older_kernel_is_not_asked_for_newer_rights(version: int, rights: int) -> None:
    assert _known_file_rights(version) == rights


def test_what_came_later_is_held_where_it_is_known() -> None:
    assert not _known_file_rights(2) & TRUNCATE
    assert _known_file_rights(3) & TRUNCATE
    assert _known_file_rights(5) & IOCTL_DEVICES

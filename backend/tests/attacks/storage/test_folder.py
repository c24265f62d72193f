"""Whoever can put a symbolic link into the folder still gets nothing from outside of it, and nothing out."""

from datetime import timedelta
from pathlib import Path

import pytest
import wire
from stores import DiskStore, bytes_of, chunks

from neuroagent.app.storage.errors import KeyRefused, StoredFileNotFound

HOUR = timedelta(hours=1)


@pytest.fixture
def outside(disk: DiskStore, tmp_path: Path) -> Path:
    """A folder beside the store, linked to from within, as a file and as a folder."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("hidden")
    task = disk.folder / "objects/tasks/1"
    task.mkdir(parents=True)
    (task / "link").symlink_to(outside / "secret")
    (task / "folder").symlink_to(outside)
    (task / "within").symlink_to(disk.folder / "objects/tasks/2")
    (task / "loop").symlink_to(task / "loop")
    (task / "dangling").symlink_to(outside / "new")
    return outside


def assert_untouched(outside: Path) -> None:
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_text() == "hidden"


@pytest.mark.parametrize("key", ["link", "folder/secret", "folder", "within/theirs", "loop", "loop/x", "dangling"])
async def test_nothing_is_read_through_a_link(disk: DiskStore, outside: Path, key: str) -> None:
    await disk.storage.save("tasks/2/theirs", chunks(b"hidden"))
    url = disk.storage.download_link(f"tasks/1/{key}", name="x", audience="worker", lifetime=HOUR)

    answer = wire.get(url)

    assert answer.status == 404
    assert b"hidden" not in answer.body
    with pytest.raises(StoredFileNotFound):
        await bytes_of(disk.storage, f"tasks/1/{key}")


@pytest.mark.parametrize("key", ["folder/new", "folder/secret", "folder/deep/new", "within/new", "loop/x"])
def test_nothing_is_written_through_a_link(disk: DiskStore, outside: Path, key: str) -> None:
    form = disk.storage.upload_form("tasks/1/", max_bytes=10, audience="worker", lifetime=HOUR)
    fields = [(name, value.encode()) for name, value in form.fields.items()]

    answer = wire.post(form.url, [*fields, ("key", f"tasks/1/{key}".encode()), ("file", b"x")])

    assert answer.status in {403, 409}
    assert_untouched(outside)
    assert not (disk.folder / "objects/tasks/2").exists()
    assert disk.leftovers() == []


@pytest.mark.parametrize("key", ["link", "dangling", "folder"])
async def test_a_link_in_the_way_is_replaced_and_what_it_led_to_is_not_touched(
    disk: DiskStore, outside: Path, key: str
) -> None:
    await disk.storage.save(f"tasks/1/{key}", chunks(b"mine"))

    assert await bytes_of(disk.storage, f"tasks/1/{key}") == b"mine"
    assert_untouched(outside)


async def test_nothing_is_deleted_through_a_link(disk: DiskStore, outside: Path) -> None:
    with pytest.raises(KeyRefused):
        await disk.storage.delete("tasks/1/folder/secret")
    with pytest.raises(KeyRefused):
        await disk.storage.delete_prefix("tasks/1/folder/")
    await disk.storage.delete("tasks/1/link")
    await disk.storage.delete_prefix("tasks/1/")

    assert (outside / "secret").read_text() == "hidden"
    assert disk.keys() == []


@pytest.mark.parametrize(
    "key", ["../incoming/x", "../../outside/secret", "/etc/passwd", "tasks/1/../../../outside/secret", "a\x00b"]
)
async def test_the_apps_own_code_cannot_leave_the_folder_either(disk: DiskStore, outside: Path, key: str) -> None:
    with pytest.raises(KeyRefused):
        await bytes_of(disk.storage, key)
    with pytest.raises(KeyRefused):
        await disk.storage.save(key, chunks(b"x"))
    with pytest.raises(KeyRefused):
        await disk.storage.delete(key)
    with pytest.raises(KeyRefused):
        await disk.storage.delete_prefix(f"{key}/")
    with pytest.raises(KeyRefused):
        disk.storage.download_link(key, name="x", audience="browser", lifetime=HOUR)
    with pytest.raises(KeyRefused):
        disk.storage.upload_form(f"{key}/", max_bytes=1, audience="browser", lifetime=HOUR)

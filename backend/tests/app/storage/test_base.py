"""What every store promises, held against a folder and against S3."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from stores import MEBIBYTE, Store, bytes_of, chunks

from neuroagent.app.storage.base import Audience
from neuroagent.app.storage.errors import FileTooLarge, KeyRefused, StoredFileNotFound

HOUR = timedelta(hours=1)


async def test_what_was_saved_is_read_back_whole(store: Store) -> None:
    whole = bytes(range(256)) * 3000

    saved = await store.storage.save("people/ada/notes.bin", chunks(whole[:1000], b"", whole[1000:]))

    assert await bytes_of(store.storage, "people/ada/notes.bin") == whole
    assert (saved.size, saved.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert await store.storage.size("people/ada/notes.bin") == len(whole)
    assert await store.storage.exists("people/ada/notes.bin")


async def test_an_empty_file_is_a_file(store: Store) -> None:
    await store.storage.save("a/empty", chunks())

    assert await bytes_of(store.storage, "a/empty") == b""
    assert await store.storage.size("a/empty") == 0


async def test_saving_again_replaces(store: Store) -> None:
    await store.storage.save("a/b", chunks(b"the first, longer one"))
    await store.storage.save("a/b", chunks(b"second"))

    assert await bytes_of(store.storage, "a/b") == b"second"


async def test_a_save_that_breaks_off_changes_nothing(store: Store) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    await store.storage.save("a/b", chunks(b"before"))
    with pytest.raises(ConnectionResetError):
        await store.storage.save("a/b", breaking())

    assert await bytes_of(store.storage, "a/b") == b"before"
    assert store.leftovers() == []


async def test_more_than_the_limit_is_refused_and_not_kept(store: Store) -> None:
    with pytest.raises(FileTooLarge, match=str(MEBIBYTE)):
        await store.storage.save("a/b", chunks(b"x" * MEBIBYTE, b"x"))

    assert store.keys() == store.leftovers() == []


async def test_what_is_not_there_is_said_to_be_missing(store: Store) -> None:
    with pytest.raises(StoredFileNotFound, match="a/missing"):
        await bytes_of(store.storage, "a/missing")
    with pytest.raises(StoredFileNotFound):
        await store.storage.size("a/missing")
    assert not await store.storage.exists("a/missing")


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_error(store: Store) -> None:
    await store.storage.save("a/b", chunks(b"x"))

    await store.storage.delete("a/b")
    await store.storage.delete("a/b")

    assert store.keys() == []


async def test_deleting_a_prefix_takes_its_files_and_no_neighbours(store: Store) -> None:
    for key in ("tasks/1/a", "tasks/1/deep/b", "tasks/10/c"):
        await store.storage.save(key, chunks(b"x"))

    await store.storage.delete_prefix("tasks/1/")
    await store.storage.delete_prefix("tasks/2/")

    assert store.keys() == ["tasks/10/c"]


async def test_a_prefix_that_is_no_folder_is_refused(store: Store) -> None:
    with pytest.raises(KeyRefused):
        await store.storage.delete_prefix("tasks/1")
    with pytest.raises(KeyRefused):
        await store.storage.delete_prefix("/")


@pytest.mark.parametrize("audience", ["browser", "worker"])
async def test_a_link_gives_the_file_as_a_download_under_its_name(
    http: httpx.AsyncClient, store: Store, audience: Audience
) -> None:
    await store.storage.save("a/b", chunks(b"1,2\n"))

    link = store.storage.download_link(
        "a/b",
        name="Größe 5.csv",
        media_type="text/csv",
        audience=audience,
        lifetime=HOUR,
    )
    answer = await http.get(link)

    assert answer.status_code == 200
    assert answer.content == b"1,2\n"
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Gr__e 5.csv\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%205.csv"
    )
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_link_gives_a_part_of_the_file(http: httpx.AsyncClient, store: Store) -> None:
    await store.storage.save("a/b", chunks(b"0123456789"))

    link = store.storage.download_link("a/b", name="b", audience="browser", lifetime=HOUR)
    answer = await http.get(link, headers={"Range": "bytes=2-4"})

    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["content-range"] == "bytes 2-4/10"


async def test_a_link_to_what_is_not_there_finds_nothing(http: httpx.AsyncClient, store: Store) -> None:
    link = store.storage.download_link("a/b", name="b", audience="browser", lifetime=HOUR)

    assert (await http.get(link)).status_code == 404


async def test_a_form_takes_a_file_under_its_prefix(http: httpx.AsyncClient, store: Store) -> None:
    form = store.storage.upload_form("tasks/1/", max_bytes=100, audience="browser", lifetime=HOUR)

    answer = await http.post(form.url, data=form.fields | {"key": "tasks/1/out.txt"}, files={"file": b"hello"})

    assert answer.status_code == 204
    assert await bytes_of(store.storage, "tasks/1/out.txt") == b"hello"
    assert store.leftovers() == []


async def test_a_form_replaces_what_lies_under_its_key(http: httpx.AsyncClient, store: Store) -> None:
    form = store.storage.upload_form("tasks/1/", max_bytes=100, audience="worker", lifetime=HOUR)

    for content in (b"the first, longer one", b"second"):
        answer = await http.post(form.url, data=form.fields | {"key": "tasks/1/out"}, files={"file": content})
        assert answer.status_code == 204

    assert await bytes_of(store.storage, "tasks/1/out") == b"second"


async def test_a_form_takes_a_file_of_exactly_its_size(http: httpx.AsyncClient, store: Store) -> None:
    form = store.storage.upload_form("tasks/1/", max_bytes=100, audience="worker", lifetime=HOUR)

    answer = await http.post(form.url, data=form.fields | {"key": "tasks/1/out"}, files={"file": b"x" * 100})

    assert answer.status_code == 204
    assert await store.storage.size("tasks/1/out") == 100


async def test_names_that_need_encoding_are_stored_and_served(http: httpx.AsyncClient, store: Store) -> None:
    key = "tasks/1/Größe (5) + 数据, a=b@c.csv"
    form = store.storage.upload_form("tasks/1/", max_bytes=100, audience="worker", lifetime=HOUR)

    assert (await http.post(form.url, data=form.fields | {"key": key}, files={"file": b"x"})).status_code == 204
    link = store.storage.download_link(key, name="x", audience="worker", lifetime=HOUR)

    assert store.keys() == [key]
    assert (await http.get(link)).content == b"x"

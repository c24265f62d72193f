from datetime import timedelta

import httpx
import pytest
from stores import SECRET, Store, chunks

from neuroagent.app.storage.errors import KeyRefused
from neuroagent.app.storage.grants import GrantRefused, Grants, task_prefix
from neuroagent.task_schemas.files import DownloadGrant, StoredFile, UploadGrant

FILE = StoredFile(key="people/ada/in.csv", name="in.csv", media_type="text/csv", size=3, sha256="0" * 64)


async def store_with(grant: UploadGrant, name: str, http: httpx.AsyncClient) -> int:
    fields = grant.fields | {"key": grant.prefix + name}
    return (await http.post(grant.url, data=fields, files={"file": b"abc"})).status_code


async def test_an_upload_grant_stores_under_the_tasks_prefix(store: Store, http: httpx.AsyncClient) -> None:
    grant = store.grants.upload("01J9")

    assert await store_with(grant, "out.csv", http) == 204
    assert store.keys() == ["tasks/01J9/out.csv"]
    assert grant.max_bytes == store.settings.max_upload_bytes


async def test_a_download_grant_reads_its_file(store: Store, http: httpx.AsyncClient) -> None:
    await store.storage.save(FILE.key, chunks(b"1,2"))

    grant = store.grants.download(FILE, "01J9")

    assert grant.file == FILE
    assert (await http.get(grant.url)).content == b"1,2"


async def test_a_grant_says_when_it_runs_out_and_then_does(store: Store, http: httpx.AsyncClient) -> None:
    before = store.clock()
    grant = store.grants.upload("01J9")

    assert before + timedelta(minutes=59) < grant.expires_at <= store.clock() + timedelta(hours=1)
    store.skip(timedelta(hours=1, seconds=1))
    assert await store_with(grant, "out.csv", http) == 403
    assert store.keys() == store.leftovers() == []


def test_a_renewal_gets_the_same_leave_for_longer(store: Store) -> None:
    upload, download = store.grants.upload("01J9"), store.grants.download(FILE, "01J9")
    later = Grants(store.storage, SECRET, store.settings, lambda: store.clock() + timedelta(hours=2))

    renewed = later.renew(upload.renewal, "01J9"), later.renew(download.renewal, "01J9")

    match renewed:
        case UploadGrant(prefix=prefix, max_bytes=most, expires_at=until), DownloadGrant(file=file, expires_at=also):
            assert (prefix, most, file) == (upload.prefix, upload.max_bytes, FILE)
            assert min(until, also) >= upload.expires_at + timedelta(hours=2)
        case _:
            pytest.fail("a renewal keeps its kind")


def test_a_renewed_grant_can_be_renewed_but_not_for_ever(store: Store) -> None:
    first = store.grants.upload("01J9")
    later = Grants(store.storage, SECRET, store.settings, lambda: store.clock() + timedelta(days=6))
    second = later.renew(first.renewal, "01J9")

    much_later = Grants(store.storage, SECRET, store.settings, lambda: store.clock() + timedelta(days=8))
    for renewal in (first.renewal, second.renewal):
        with pytest.raises(GrantRefused, match="too long ago"):
            much_later.renew(renewal, "01J9")


def test_a_renewal_is_for_its_task_only(store: Store) -> None:
    with pytest.raises(GrantRefused, match="another task"):
        store.grants.renew(store.grants.upload("01J9").renewal, "01JA")


@pytest.mark.parametrize("task_id", ["", "..", "a/b", "a\\b", "/", "a\n", "."])
def test_a_task_id_that_is_no_name_gets_no_prefix(store: Store, task_id: str) -> None:
    with pytest.raises(KeyRefused):
        task_prefix(task_id)
    with pytest.raises(KeyRefused):
        store.grants.upload(task_id)


def test_a_file_under_an_impossible_key_is_not_granted(store: Store) -> None:
    with pytest.raises(KeyRefused):
        store.grants.download(FILE.model_copy(update={"key": "../../etc/passwd"}), "01J9")

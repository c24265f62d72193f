"""A renewal gives nothing that its token doesn't prove."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import wire
from stores import SECRET, Store, chunks

from neuroagent.app.storage.grants import GrantRefused, Grants
from neuroagent.app.storage.signing import Signer
from neuroagent.task_schemas.files import StoredFile, UploadGrant

FILE = StoredFile(key="people/ada/in.csv", name="in.csv", media_type="text/csv", size=3, sha256="0" * 64)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "x", "x.y", "e30=.", "é.é", "\x00", "a" * 100_000, "e30=." + "0" * 64]
)
def test_what_is_no_renewal_is_refused(store: Store, token: str) -> None:
    with pytest.raises(GrantRefused):
        store.grants.renew(token, "1")


@pytest.mark.parametrize(
    "change",
    [
        lambda leave: leave | {"task_id": "2"},
        lambda leave: leave | {"prefix": "tasks/2/"},
        lambda leave: leave | {"prefix": "people/"},
        lambda leave: leave | {"max_bytes": 10**12},
        lambda leave: leave | {"until": 10**12},
        lambda leave: leave | {"kind": "download", "file": FILE.model_dump()},
        lambda leave: dict(reversed(leave.items())),
    ],
    ids=["task", "other-task", "people", "size", "time", "kind", "order"],
)
def test_an_edited_renewal_is_refused(store: Store, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    sealed, _, signature = store.grants.upload("1").renewal.rpartition(".")
    edited = b64encode(json.dumps(change(json.loads(b64decode(sealed)))).encode()).decode()

    for task_id in ("1", "2"):
        with pytest.raises(GrantRefused):
            store.grants.renew(f"{edited}.{signature}", task_id)


@pytest.mark.parametrize("task_id", ["2", "", "11", "1 ", "1/", "1\x00"])
def test_the_renewal_of_another_task_is_refused(store: Store, task_id: str) -> None:
    for renewal in (store.grants.upload("1").renewal, store.grants.download(FILE, "1").renewal):
        with pytest.raises(GrantRefused):
            store.grants.renew(renewal, task_id)


@pytest.mark.parametrize("purpose", ["upload policy", "download link", ""])
def test_what_was_signed_for_another_purpose_is_no_renewal(store: Store, purpose: str) -> None:
    sealed = store.grants.upload("1").renewal.rpartition(".")[0]
    forged = Signer.for_purpose(SECRET, purpose).sign(sealed)

    with pytest.raises(GrantRefused):
        store.grants.renew(f"{sealed}.{forged}", "1")


def test_the_parts_of_two_renewals_make_none(store: Store) -> None:
    one, two = store.grants.upload("1").renewal, store.grants.upload("2").renewal

    with pytest.raises(GrantRefused):
        store.grants.renew(f"{one.rpartition('.')[0]}.{two.rpartition('.')[2]}", "1")


def test_a_renewal_from_another_app_is_refused(store: Store) -> None:
    foreign = Grants(store.storage, SECRET[::-1], store.settings).upload("1").renewal

    with pytest.raises(GrantRefused):
        store.grants.renew(foreign, "1")


def test_a_renewal_after_its_time_is_refused(store: Store) -> None:
    renewal = store.grants.upload("1").renewal
    store.skip(store.settings.renewal_lifetime)

    with pytest.raises(GrantRefused, match="too long ago"):
        store.grants.renew(renewal, "1")


def test_a_grant_that_ran_out_is_not_revived_by_its_renewal(store: Store) -> None:
    grant = store.grants.upload("1")
    store.skip(timedelta(hours=2))
    fresh = store.grants.renew(grant.renewal, "1")
    assert isinstance(fresh, UploadGrant)
    parts = [(name, value.encode()) for name, value in grant.fields.items()]

    assert wire.post(grant.url, [*parts, ("key", b"tasks/1/x"), ("file", b"x")]).status == 403
    assert store.keys() == store.leftovers() == []


async def test_a_workers_grants_reach_no_other_tasks_files(store: Store) -> None:
    await store.storage.save("tasks/2/theirs", chunks(b"before"))
    grant = store.grants.upload("1")
    parts = [(name, value.encode()) for name, value in grant.fields.items()]

    assert wire.post(grant.url, [*parts, ("key", b"tasks/2/theirs"), ("file", b"after")]).status == 403
    assert await store.storage.size("tasks/2/theirs") == len(b"before")

import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from s3_server import S3Server
from stores import S3Store, chunks, s3_settings

from neuroagent.app.storage import StorageSettings
from neuroagent.app.storage.errors import FileTooLarge, StoreUnavailable
from neuroagent.app.storage.s3 import S3Storage

HOUR = timedelta(hours=1)


def changed(settings: StorageSettings, **changes: object) -> StorageSettings:
    return settings.model_copy(update={"s3": settings.s3.model_copy(update=changes)})


async def refusal_of(settings: StorageSettings) -> str:
    storage = S3Storage(settings)
    with pytest.raises(StoreUnavailable) as refusal:
        await storage.ready()
    await storage.close()
    return str(refusal.value)


async def test_a_bucket_that_can_be_used_is_ready(s3: S3Store) -> None:
    await s3.storage.ready()


async def test_a_missing_bucket_is_named(bucket: S3Server) -> None:
    said = await refusal_of(changed(s3_settings(bucket), bucket="elsewhere"))

    assert "'elsewhere'" in said
    assert "create it" in said


async def test_a_wrong_secret_is_called_one_and_not_shown(bucket: S3Server) -> None:
    said = await refusal_of(changed(s3_settings(bucket), secret_access_key=SecretStr("a wrong secret")))

    assert "access key is refused" in said
    assert "a wrong secret" not in said


async def test_a_store_that_is_away_is_named(bucket: S3Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    said = await refusal_of(changed(s3_settings(bucket), endpoint_url=nobody))

    assert nobody in said


async def test_a_large_file_arrives_in_parts(bucket: S3Server) -> None:
    storage = S3Storage(s3_settings(bucket, max_upload_bytes=2**25))
    mebibyte = bytes(range(256)) * 2**12

    saved = await storage.save("large", chunks(*[mebibyte] * 20))

    assert saved.size == await storage.size("large") == 20 * 2**20
    await storage.delete("large")
    await storage.close()


async def test_links_are_bound_to_the_host_of_their_audience(s3: S3Store, http: httpx.AsyncClient) -> None:
    await s3.storage.save("a/b", chunks(b"x"))
    browsers = s3.storage.download_link("a/b", name="b", audience="browser", lifetime=HOUR)
    workers = s3.storage.download_link("a/b", name="b", audience="worker", lifetime=HOUR)

    assert urlsplit(browsers).hostname == "localhost"
    assert urlsplit(workers).hostname == "127.0.0.1"
    assert (await http.get(browsers)).status_code == (await http.get(workers)).status_code == 200
    assert (await http.get(browsers.replace("localhost", "127.0.0.1"))).status_code == 403


async def test_nothing_is_sent_of_a_file_that_turns_out_too_large(s3: S3Store) -> None:
    async def growing() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 2**16

    with pytest.raises(FileTooLarge):
        await s3.storage.save("a/b", growing())

    assert s3.keys() == []

"""Files in an S3 bucket; the only module that knows boto3."""

import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from datetime import timedelta
from typing import IO, Any, Final, Protocol, TypeVar

import boto3
from anyio import to_thread
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from neuroagent.app.storage.attachment import disposition, safe_media_type
from neuroagent.app.storage.base import Audience, Form, Saved
from neuroagent.app.storage.errors import FileTooLarge, StoredFileNotFound, StoreUnavailable
from neuroagent.app.storage.keys import check_key, check_prefix
from neuroagent.app.storage.settings import StorageSettings

CHUNK: Final = 2**18
IN_MEMORY: Final = 2**20
NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NotFound"})
ANY_NAME: Final = "${filename}"  # boto3's way to say that a form's key is a prefix

T = TypeVar("T")


class S3Client(Protocol):
    """What we use of boto3's client, which ships no types."""

    def head_bucket(self, *, Bucket: str) -> Any: ...  # noqa: N803 - boto3's name - the names are S3's own

    def head_object(self, *, Bucket: str, Key: str) -> Any: ...  # noqa: N803 - boto3's name

    def get_object(self, *, Bucket: str, Key: str) -> Any: ...  # noqa: N803 - boto3's name

    def delete_object(self, *, Bucket: str, Key: str) -> Any: ...  # noqa: N803 - boto3's name

    def upload_fileobj(self, Fileobj: IO[bytes], Bucket: str, Key: str) -> None: ...  # noqa: N803 - boto3's name

    def get_paginator(self, operation_name: str) -> Any: ...

    def generate_presigned_url(self, ClientMethod: str, Params: dict[str, str], ExpiresIn: int) -> str: ...  # noqa: N803 - boto3's name

    def generate_presigned_post(
        self,
        Bucket: str,  # noqa: N803 - boto3's name
        Key: str,  # noqa: N803 - boto3's name
        *,
        Conditions: list[list[str | int]],  # noqa: N803 - boto3's name
        ExpiresIn: int,  # noqa: N803 - boto3's name
    ) -> Any: ...

    def close(self) -> None: ...


class S3Storage:
    """A signature holds for one host, so there is a client for each name the bucket goes by."""

    def __init__(self, settings: StorageSettings) -> None:
        self._settings = settings
        self._bucket = settings.s3.bucket
        self._endpoint = settings.s3.endpoint_url or settings.public_url
        session = boto3.session.Session()
        self._client = _client(session, settings, self._endpoint)
        self._signers: dict[Audience, S3Client] = {
            "browser": _client(session, settings, settings.address("browser")),
            "worker": _client(session, settings, settings.address("worker")),
        }

    async def ready(self) -> None:
        where = f"the bucket {self._bucket!r} at {self._endpoint}"
        try:
            await to_thread.run_sync(lambda: self._client.head_bucket(Bucket=self._bucket))
        except ClientError as error:
            raise StoreUnavailable(f"Can't use {where}: {_meaning(error)}.") from error
        except BotoCoreError as error:
            raise StoreUnavailable(f"Can't reach {where}: {error}") from error

    async def close(self) -> None:
        for client in (self._client, *self._signers.values()):
            client.close()

    async def save(self, key: str, chunks: AsyncIterable[bytes]) -> Saved:
        check_key(key)
        digest, size, limit = hashlib.sha256(), 0, self._settings.max_upload_bytes
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:  # S3 wants to know the size first
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(limit)
                digest.update(chunk)
                await to_thread.run_sync(spool.write, chunk)
            spool.seek(0)
            await self._ask(key, lambda: self._client.upload_fileobj(spool, self._bucket, key))
        return Saved(size, digest.hexdigest())

    async def read(self, key: str) -> AsyncIterator[bytes]:
        check_key(key)
        answer = await self._ask(key, lambda: self._client.get_object(Bucket=self._bucket, Key=key))
        with answer["Body"] as body:
            while chunk := await self._ask(key, lambda: bytes(body.read(CHUNK))):
                yield chunk

    async def size(self, key: str) -> int:
        check_key(key)
        answer = await self._ask(key, lambda: self._client.head_object(Bucket=self._bucket, Key=key))
        return int(answer["ContentLength"])

    async def exists(self, key: str) -> bool:
        try:
            await self.size(key)
        except StoredFileNotFound:
            return False
        return True

    async def delete(self, key: str) -> None:
        check_key(key)
        await self._ask(key, lambda: self._client.delete_object(Bucket=self._bucket, Key=key))

    async def delete_prefix(self, prefix: str) -> None:
        check_prefix(prefix)
        await self._ask(prefix, lambda: self._delete_all(self._keys(prefix)))

    def download_link(
        self, key: str, *, name: str, media_type: str | None = None, audience: Audience, lifetime: timedelta
    ) -> str:
        file = {"Bucket": self._bucket, "Key": check_key(key)}
        answer = {
            "ResponseContentDisposition": disposition(name),
            "ResponseContentType": safe_media_type(media_type),
            "ResponseCacheControl": "private, no-store",
        }
        seconds = int(lifetime.total_seconds())
        return self._signers[audience].generate_presigned_url("get_object", file | answer, seconds)

    def upload_form(self, prefix: str, *, max_bytes: int, audience: Audience, lifetime: timedelta) -> Form:
        form = self._signers[audience].generate_presigned_post(
            self._bucket,
            check_prefix(prefix) + ANY_NAME,
            Conditions=[["content-length-range", 0, max_bytes]],
            ExpiresIn=int(lifetime.total_seconds()),
        )
        fields = {name: value for name, value in form["fields"].items() if name != "key"}
        return Form(form["url"], fields)

    async def _ask(self, key: str, question: Callable[[], T]) -> T:
        try:
            return await to_thread.run_sync(question)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in NOT_THERE:
                raise StoredFileNotFound(key) from error
            raise StoreUnavailable(f"The store refused {key!r}: {_meaning(error)}.") from error
        except BotoCoreError as error:
            raise StoreUnavailable(f"The store at {self._endpoint} can't be reached: {error}") from error

    def _keys(self, prefix: str) -> Iterable[str]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", []))

    def _delete_all(self, keys: Iterable[str]) -> None:
        for key in keys:  # one at a time: not every store that speaks S3 deletes in batches
            self._client.delete_object(Bucket=self._bucket, Key=key)


def _client(session: Any, settings: StorageSettings, endpoint: str) -> S3Client:
    s3 = settings.s3
    client: S3Client = session.client(
        "s3",
        endpoint_url=endpoint,
        region_name=s3.region,
        aws_access_key_id=s3.access_key_id,
        aws_secret_access_key=s3.secret_access_key.get_secret_value() if s3.secret_access_key else None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 3},
            max_pool_connections=32,
            # Stores other than Amazon's know neither the checksums nor the trailers that newer clients add.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return client


def _meaning(error: ClientError) -> str:
    match error.response.get("Error", {}).get("Code"):
        case "404" | "NoSuchBucket":
            return "there is no such bucket; create it or name another in storage.s3.bucket"
        case "403" | "AccessDenied" | "InvalidAccessKeyId" | "SignatureDoesNotMatch":
            return "the access key is refused; check storage.s3.access_key_id and its secret"
        case code:
            return f"it answered {code}"

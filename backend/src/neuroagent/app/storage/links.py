"""The signed, expiring links of a store on disk, and the forms that upload to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict

from neuroagent.app.storage.errors import LinkExpired, LinkRefused
from neuroagent.app.storage.signing import Signer, seal, unseal


@dataclass(frozen=True)
class Download:
    """One file, as it is to be called."""

    key: str
    name: str
    media_type: str


class Policy(BaseModel):
    """What a form may upload; the form carries it, signed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefix: str
    max_bytes: int
    expires: int


class Links:
    """Signs and checks.

    A signature covers the key and the query, not the host: the app goes by several names (behind a proxy, inside a
    container network), each of them leads to the same files, and only this app has the secret. S3 differs there.
    """

    def __init__(self, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._downloads = Signer.for_purpose(secret, "download link")
        self._uploads = Signer.for_purpose(secret, "upload policy")
        self._clock = clock

    def download_path(self, download: Download, expires: int) -> str:
        query = {"expires": str(expires), "name": download.name, "type": download.media_type}
        signature = self._downloads.sign(download.key, *query.values())
        return f"/files/{quote(download.key)}?{urlencode({**query, 'signature': signature})}"

    def check_download(self, key: str, query: Mapping[str, str]) -> Download:
        expires, name, media_type = (query.get(field, "") for field in ("expires", "name", "type"))
        if not self._downloads.verifies(query.get("signature", ""), key, expires, name, media_type):
            raise LinkRefused("This link is incomplete or was changed after it was made; ask for a new one.")
        self._check_time(int(expires), "link")
        return Download(key, name, media_type)

    def upload_fields(self, policy: Policy) -> dict[str, str]:
        sealed = seal(policy.model_dump_json())
        return {"policy": sealed, "signature": self._uploads.sign(sealed)}

    def check_upload(self, fields: Mapping[str, str]) -> Policy:
        sealed = fields.get("policy", "")
        if not self._uploads.verifies(fields.get("signature", ""), sealed):
            raise LinkRefused("This form is incomplete or was changed after it was made; ask for a new one.")
        policy = Policy.model_validate_json(unseal(sealed))
        self._check_time(policy.expires, "form")
        return policy

    def _check_time(self, expires: int, what: str) -> None:
        if self._clock().timestamp() >= expires:
            when = datetime.fromtimestamp(expires, UTC).isoformat()
            raise LinkExpired(f"This {what} ran out at {when}; ask for a new one.")

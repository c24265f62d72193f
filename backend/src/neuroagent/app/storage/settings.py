"""Where files are kept, and how browsers and workers reach them."""

from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from neuroagent.config.settings import Section

APP_URL: Final = "http://127.0.0.1:8078"
WEB_ADDRESS: Final = r"^https?://[^\s?#]+$"
LONGEST_LINK: Final = timedelta(days=7)  # S3 signs no longer ones


class S3Settings(Section):
    """An S3 bucket, for `backend` s3."""

    endpoint_url: str | None = Field(None, pattern=WEB_ADDRESS, description="How the app itself reaches the store.")
    bucket: str = Field("neuroagent", pattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", description="An existing bucket.")
    region: str = Field("us-east-1", description="The region that signatures name.")
    access_key_id: str | None = Field(None, description="Access key of the app; workers never get it.")
    secret_access_key: SecretStr | None = Field(None, description="Secret that belongs to the access key.")


class StorageSettings(Section):
    """Files of people and of tasks."""

    backend: Literal["disk", "s3"] = Field("disk", description="A folder served by the app, or an S3 bucket.")
    folder: Path | None = Field(None, description="The folder for `disk`; by default `files` in the data folder.")
    public_url: str = Field(
        APP_URL,
        pattern=WEB_ADDRESS,
        description="How browsers reach the store: the app's address for `disk`, the S3 endpoint for `s3`.",
    )
    worker_url: str | None = Field(
        None, pattern=WEB_ADDRESS, description="How workers reach the store; by default as browsers do."
    )
    s3: S3Settings = Field(default_factory=S3Settings, description="The bucket, for `s3`.")
    link_lifetime: timedelta = Field(
        timedelta(hours=1),
        ge=timedelta(seconds=1),
        le=LONGEST_LINK,
        description="How long a signed link works; a running task renews its own.",
    )
    renewal_lifetime: timedelta = Field(
        timedelta(days=7), description="How long after a task got its links it may renew them, running or not."
    )
    max_upload_bytes: int = Field(512 * 2**20, gt=0, description="The largest file that is stored, in bytes.")

    @model_validator(mode="after")
    def _bucket_is_reachable(self) -> Self:
        if self.backend == "disk":
            return self
        needed = {"endpoint_url", "access_key_id", "secret_access_key"}
        missing = sorted(name for name in needed if getattr(self.s3, name) is None)
        if missing:
            raise ValueError(f"backend s3 needs {', '.join(f's3.{name}' for name in missing)}")
        if self.public_url == APP_URL:  # the app's own default address can't be the bucket's
            raise ValueError("backend s3 needs public_url: the S3 endpoint as browsers reach it")
        return self

    def address(self, audience: Literal["browser", "worker"]) -> str:
        """Where this audience reaches the store."""
        own = self.worker_url if audience == "worker" else None
        return (own or self.public_url).rstrip("/")

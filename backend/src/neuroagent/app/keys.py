"""Secrets that nobody has set: made once, kept in the data folder, readable by its owner only."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr


def kept_secret(given: SecretStr | None, file: Path) -> SecretStr:
    """The one given, else the one in the file, else a new one; two processes starting at once agree."""
    if given is not None:
        return given
    if not file.exists():
        _write_once(file, secrets.token_urlsafe(32))
    return SecretStr(file.read_text(encoding="ascii").strip())


def _write_once(file: Path, secret: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")  # not the pid: threads have the same one
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as text:
        text.write(secret + "\n")
    with suppress(FileExistsError):  # another process was first: its secret counts
        file.hardlink_to(draft)
    draft.unlink()

"""How a stored file is named to a browser: always a download, whatever its bytes are."""

import re
from typing import Final
from urllib.parse import quote

ANY_BYTES: Final = "application/octet-stream"
LONGEST_NAME: Final = 200
_media_type = re.compile(r"[a-z0-9][a-z0-9.+-]{0,80}/[a-z0-9][a-z0-9.+-]{0,80}(; ?charset=[a-z0-9-]{1,40})?", re.ASCII)
_outside_a_quoted_string = re.compile(r"[^A-Za-z0-9 ._()+,=@-]")


def disposition(name: str) -> str:
    """RFC 6266: a plain spelling for old clients, the true one for the rest; no name can end the header."""
    true = "".join(character for character in name if character.isprintable() and character not in "/\\")
    true = true[:LONGEST_NAME].strip(" .") or "file"
    plain = _outside_a_quoted_string.sub("_", true)
    encoded = quote(true.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


def safe_media_type(given: str | None) -> str:
    """The media type if it is one; a stranger's text never becomes a header."""
    given = (given or "").lower()
    return given if _media_type.fullmatch(given) else ANY_BYTES

"""What a file may be called: one plain name, alike in every store, form and home folder."""

import unicodedata
from typing import Final

LONGEST: Final = 120  # bytes; more would not fit into every folder
LONGEST_ENDING: Final = 20
HARMLESS: Final = " ._()+,=@-"


def safe_name(given: str) -> str:
    """As like the given name as that allows; never hidden, never a path, never empty."""
    plain = unicodedata.normalize("NFKC", given[:4_096].encode("utf-8", "replace").decode())
    last = plain.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter if _is_harmless(letter) else "_" for letter in last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not stem or len(ending.encode()) > LONGEST_ENDING:
        stem, dot, ending = kept, "", ""
    room = LONGEST - len((dot + ending).encode())
    return (stem.encode()[:room].decode(errors="ignore").strip(" .") or "file") + dot + ending


def numbered(name: str, number: int) -> str:
    """Another one of the same name."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem if dot else name}-{number}{dot}{ending if dot else ''}"


def _is_harmless(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN" or letter in HARMLESS

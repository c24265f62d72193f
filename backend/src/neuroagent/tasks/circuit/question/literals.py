"""Whether the values that a statement compares with are there: a model likes to write 'L5' where the data say '5'."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from neuroagent.tasks.circuit.profile import Column, Profile

MOST_SHOWN: Final = 10

_text = r"'(?:[^']|'')*'"
_comparison = re.compile(
    rf"""(?P<column>"(?:[^"]|"")+"|[a-z_]\w*)\s*(?:=|==|<>|!=|(?:NOT\s+)?IN\s*\()\s*(?P<texts>{_text}(?:\s*,\s*{_text})*)""",
    re.IGNORECASE,
)


def strangers(sql: str, profile: Profile) -> Iterator[str]:
    """A sentence for each value that its column hasn't got."""
    for found in _comparison.finditer(sql):
        column = profile.column(_name(found["column"]))
        if column is None or column.type != "text" or not column.has_all_values:
            continue
        known = [str(each.value) for each in column.values]
        texts = (text[1:-1].replace("''", "'") for text in re.findall(_text, found["texts"]))
        yield from (_sentence(column, text, known) for text in texts if text not in known)


def _name(written: str) -> str:
    return written[1:-1].replace('""', '"') if written.startswith('"') else written


def _sentence(column: Column, text: str, known: list[str]) -> str:
    close = get_close_matches(text, known, n=MOST_SHOWN, cutoff=0.4) or known[:MOST_SHOWN]
    return f"{column.name} has no value {text!r}; it has {', '.join(map(repr, close))}."

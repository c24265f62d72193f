"""A question cut into words, numbers, dates, quoted text and signs, each with its place."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

UNITS: Final = (
    "%|percent|um|micrometers?|micrometres?|microns?|mm|cm|km|m|kg|g|ms|mv|pa|na|nm|mohm|hz|deg|degrees?|usd|eur|years?"
)
NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "thousand": 1000, "million": 1_000_000}
ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 1
    )
}

#: What keyboards and word processors write for a plain sign: micro, minus, dashes, an apostrophe.
TYPED: Final = {0xB5: "u", 0x3BC: "u", 0x2212: "-", 0x2013: "-", 0x2019: "'"}

_pattern = re.compile(
    rf"""
    (?P<quoted>"[^"]*"|“[^”]*”|(?<!\w)'[^']*'(?!\w)|`[^`]*`)
  | (?P<date>\b\d{{4}}-\d{{2}}-\d{{2}}\b)
  | (?P<ordinal>\b\d+(?:st|nd|rd|th)\b)
  | (?P<number>(?:(?<![^\s(<>=,])[-+])?(?<![\w.])(?:(?<![(,])\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?
                (?![^\W_])(?!\.\d)
              |(?<![\w.])\d+(?:\.\d+)?(?=\s?(?:{UNITS})(?!\w)))
  | (?P<word>[^\W_]+(?:\.\d+)?)
  | (?P<sign>(?<=\d)-(?=\d)|>=|<=|=>|=<|!=|<>|≥|≤|≠|==|[><=(),/%&+#])
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Token:
    kind: str  # word, number, ordinal, date, quoted, sign
    text: str
    start: int
    end: int
    value: float | int | date | str = ""

    @property
    def key(self) -> str:
        return self.text.casefold()


def tokenise(question: str) -> list[Token]:
    return [token for match in _pattern.finditer(question) if (token := _token(match)) is not None]


def plain(text: str) -> str:
    """The same letters whatever keyboard they came from; nothing that can't be seen."""
    composed = unicodedata.normalize("NFKC", text.translate(TYPED)).replace("'s ", " ")
    return "".join(letter if letter.isprintable() else " " for letter in composed)


def atoms(text: str) -> Iterator[str]:
    """The letters-and-digits runs of a name or a value, in lower case."""
    return (found.casefold() for found in re.findall(r"[^\W_]+", text))


def _token(match: re.Match[str]) -> Token | None:
    kind, text = str(match.lastgroup), match.group()
    return Token(kind, text, match.start(), match.end(), _value(kind, text))


def _value(kind: str, text: str) -> float | int | date | str:
    match kind:
        case "number":
            return number(text)
        case "ordinal":
            return int(text[:-2])
        case "date":
            return _date(text)
        case "quoted":
            return text[1:-1]
    return NUMBERS.get(text.casefold(), text)


def number(text: str) -> float | int:
    written = text.replace(",", "")
    return int(written) if re.fullmatch(r"[-+]?\d{1,18}", written) else float(written)


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text

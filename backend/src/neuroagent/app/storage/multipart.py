"""A form read as it arrives, one event at a time; nothing of it is kept but what the caller keeps."""

import re
from dataclasses import dataclass
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from neuroagent.app.storage.errors import FormRefused

MOST_FIELDS: Final = 20
MOST_FIELD_BYTES: Final = 2**14  # of all fields together; a policy has some hundred
MOST_PART_HEADERS: Final = 8
LONGEST_PART_HEADER: Final = 1024
FILE: Final = "file"
_boundary = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{1,70}")


@dataclass(frozen=True)
class Field:
    name: str
    value: str


@dataclass(frozen=True)
class FileStart:
    """From here on it is the file's bytes; `name` is what the sender calls it."""

    name: str = ""


@dataclass(frozen=True)
class FileBytes:
    data: bytes


@dataclass(frozen=True)
class FormEnd:
    """The closing boundary came: nothing is missing."""


FormEvent = Field | FileStart | FileBytes | FormEnd


class FormReader:
    """Feed it what arrives; it says what that was."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not _boundary.fullmatch(boundary):
            raise FormRefused("An upload is a form: send it as multipart/form-data with a boundary.")
        self._events: list[FormEvent] = []
        self._header: list[bytearray] = [bytearray(), bytearray()]
        self._name: str | None = None
        self._file_name = ""
        self._value = bytearray()
        self._fields = 0
        self._field_bytes = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._part_data,
                "on_part_end": self._part_ends,
                "on_end": lambda: self._events.append(FormEnd()),
            },
            max_header_count=MOST_PART_HEADERS,
            max_header_size=LONGEST_PART_HEADER,
        )

    def feed(self, data: bytes) -> list[FormEvent]:
        self._events = []
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise FormRefused("The form can't be read: its parts are not set apart as its boundary says.") from error
        return self._events

    def _part_begins(self) -> None:
        self._name, self._value = None, bytearray()
        self._header = [bytearray(), bytearray()]
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise FormRefused(f"The form has more than {MOST_FIELDS} fields.")

    def _header_ends(self) -> None:
        header, value = (bytes(part) for part in self._header)
        self._header = [bytearray(), bytearray()]
        if header.lower() != b"content-disposition":
            return
        kind, options = parse_options_header(value)
        if kind != b"form-data" or b"name" not in options or self._name is not None:
            raise FormRefused("A part of the form must say once, and clearly, which field it is.")
        self._name = _text(options[b"name"])
        self._file_name = _text(options.get(b"filename", b""))

    def _headers_end(self) -> None:
        if self._name is None:
            raise FormRefused("A part of the form doesn't say which field it is.")
        self._count(len(self._name))
        if self._name == FILE:
            self._events.append(FileStart(self._file_name))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name == FILE:
            self._events.append(FileBytes(data[start:end]))
            return
        self._count(end - start)
        self._value.extend(data[start:end])

    def _part_ends(self) -> None:
        if self._name is not None and self._name != FILE:
            self._events.append(Field(self._name, _text(self._value)))

    def _count(self, size: int) -> None:
        self._field_bytes += size
        if self._field_bytes > MOST_FIELD_BYTES:
            raise FormRefused(f"The fields of the form have more than {MOST_FIELD_BYTES} bytes together.")


def _text(raw: bytes | bytearray) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise FormRefused("A field of the form is not UTF-8 text.") from error

"""HTTP as an attacker writes it: nothing is tidied up on the way out."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from typing import Final
from urllib.parse import urlsplit

BOUNDARY: Final = "line"
FORM: Final = f"multipart/form-data; boundary={BOUNDARY}"

Part = tuple[str, bytes]


class Answer:
    """What came back, read whole."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def get(url: str, **headers: str) -> Answer:
    """The target is sent as it is written, dots and all."""
    scheme_and_host = url.split("/", 3)
    connection = HTTPConnection(scheme_and_host[2], timeout=30)
    try:
        connection.putrequest("GET", f"/{scheme_and_host[3]}")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return Answer(connection.getresponse())
    finally:
        connection.close()


def multipart(parts: Sequence[Part]) -> bytes:
    """A form with its fields in this order, however often."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode()
    return b"".join(head + name.encode() + b'"\r\n\r\n' + value + b"\r\n" for name, value in parts) + b"--line--\r\n"


def post(url: str, parts: Sequence[Part]) -> Answer:
    body = multipart(parts)
    return send(url, body, f"Content-Length: {len(body)}", f"Content-Type: {FORM}")


def send(url: str, body: bytes, *headers: str) -> Answer:
    """The headers may lie about the body; the answer is waited for all the same."""
    with _opened(url) as connection:
        with suppress(ConnectionError):  # refused before it was all sent: the answer is there already
            connection.sendall(_head(url, headers) + body)
        with HTTPResponse(connection, method="POST") as response:
            response.begin()
            return Answer(response)


def hang_up(url: str, body: bytes, *headers: str) -> None:
    """Send this much and be gone."""
    with _opened(url) as connection:
        connection.sendall(_head(url, headers) + body)


def _opened(url: str) -> socket.socket:
    place = urlsplit(url)
    return socket.create_connection((place.hostname or "", place.port or 80), timeout=30)


def _head(url: str, headers: Sequence[str]) -> bytes:
    place = urlsplit(url)
    lines = (f"POST {place.path} HTTP/1.1", f"Host: {place.netloc}", *headers, "Connection: close", "", "")
    return "\r\n".join(lines).encode()

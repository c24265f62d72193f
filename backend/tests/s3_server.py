"""An S3 for tests: moto's server behind a gate that checks what Amazon's checks and moto lets pass.

The gate is written from Amazon's description of signature version 4, apart from botocore's signer: a mistake
of ours in signing can't be mirrored in the checking.
"""

import base64
import hashlib
import hmac
import io
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder
from werkzeug.serving import make_server
from werkzeug.test import Client, run_wsgi_app

ALGORITHM: Final = "AWS4-HMAC-SHA256"
STAMP: Final = "%Y%m%dT%H%M%SZ"
SKEW: Final = timedelta(minutes=15)
WEEK: Final = 604800
EMPTY: Final = timedelta()

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass
class S3Server:
    """Where it is, who may use it, and an empty bucket; `ahead` moves its clock."""

    url: str
    access_key: str = field(default_factory=lambda: f"AK{secrets.token_hex(8).upper()}")
    secret_key: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    bucket: str = field(default_factory=lambda: f"bucket-{secrets.token_hex(6)}")
    region: str = "us-east-1"
    ahead: timedelta = EMPTY


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Serve on loopback while the block runs; other processes reach it by its address as well."""
    store = DomainDispatcherApplication(create_backend_app)
    server = S3Server(url="")
    http = make_server("127.0.0.1", 0, Gate(store, server), threaded=True, request_handler=_Quiet)
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        Client(store).put(f"/{server.bucket}").close()
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


class _Quiet(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is werkzeug's
        pass


class Refusal(Exception):
    def __init__(self, status: str, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def denied(message: str, code: str = "AccessDenied") -> Refusal:
    return Refusal("403 Forbidden", code, message)


def bad(code: str, message: str) -> Refusal:
    return Refusal("400 Bad Request", code, message)


@dataclass(frozen=True)
class Gate:
    """Nothing reaches the store unsigned."""

    store: Wsgi
    server: S3Server

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            admitted = self._admit(environ)
        except Refusal as refusal:
            body = f"<Error><Code>{refusal.code}</Code><Message>{escape(str(refusal))}</Message></Error>".encode()
            start_response(refusal.status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
            return [body]
        if admitted["REQUEST_METHOD"] == environ["REQUEST_METHOD"]:
            return self.store(admitted, start_response)
        return self._store_file_of_form(admitted, start_response)

    def _store_file_of_form(self, admitted: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        stored = run_wsgi_app(self.store, admitted)
        status = "204 No Content" if stored[1].startswith("200") else stored[1]
        start_response(status, [("Content-Length", "0")])
        return []

    def _admit(self, environ: Environ) -> Environ:
        if "CONTENT_LENGTH" not in environ and environ["REQUEST_METHOD"] in {"POST", "PUT"}:
            raise Refusal("411 Length Required", "MissingContentLength", "You must provide a Content-Length.")
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        query = parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)
        if "HTTP_AUTHORIZATION" in environ:
            self._check_header(environ, query, body)
        elif any(name == "X-Amz-Signature" for name, _ in query):
            self._check_query(environ, query)
            return environ | self._checked(dict(query)["X-Amz-Credential"])
        elif environ.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
            return self._form(environ, body)
        else:
            raise denied("Access Denied")
        return environ

    def _check_query(self, environ: Environ, query: list[tuple[str, str]]) -> None:
        given = dict(query)
        if len(given) != len(query):
            raise bad("AuthorizationQueryParametersError", "A parameter is given twice.")
        names = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
        try:
            algorithm, credential, date, lifetime, headers, signature = (given[f"X-Amz-{name}"] for name in names)
        except KeyError as missing:
            raise bad("AuthorizationQueryParametersError", f"{missing} is missing.") from None
        if algorithm != ALGORITHM or not lifetime.isdecimal() or not 0 < int(lifetime) <= WEEK:
            raise bad("AuthorizationQueryParametersError", "Algorithm or Expires is not one we take.")
        signed = [pair for pair in query if pair[0] != "X-Amz-Signature"]
        canonical = _canonical(environ, signed, headers.split(";"), "UNSIGNED-PAYLOAD")
        self._compare(_string_to_sign(date, credential, canonical), credential, date, signature)
        self._check_window(date, timedelta(seconds=int(lifetime)))

    def _check_header(self, environ: Environ, query: list[tuple[str, str]], body: bytes) -> None:
        kind, _, rest = environ["HTTP_AUTHORIZATION"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        if kind != ALGORITHM or set(parts) != {"Credential", "SignedHeaders", "Signature"}:
            raise bad("AuthorizationHeaderMalformed", "The authorization header is malformed.")
        payload = environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")
        if payload not in {"UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()}:
            raise bad("XAmzContentSHA256Mismatch", "The provided hash is not that of the body.")
        date = environ.get("HTTP_X_AMZ_DATE", "")
        canonical = _canonical(environ, query, parts["SignedHeaders"].split(";"), payload)
        to_sign = _string_to_sign(date, parts["Credential"], canonical)
        self._compare(to_sign, parts["Credential"], date, parts["Signature"])
        self._check_window(date, SKEW)

    def _check_window(self, date: str, lifetime: timedelta) -> None:
        start, now = datetime.strptime(date, STAMP).replace(tzinfo=UTC), self._now()
        if now < start - SKEW:
            raise denied("Request is not valid yet")
        if now >= start + lifetime:
            raise denied("Request has expired")

    def _compare(self, to_sign: str, credential: str, date: str, signature: str) -> None:
        server = self.server
        scope = f"{server.access_key}/{date[:8]}/{server.region}/s3/aws4_request"
        if credential.partition("/")[0] != server.access_key:
            raise denied("The access key does not exist in our records.", "InvalidAccessKeyId")
        if credential != scope:
            raise bad(
                "AuthorizationQueryParametersError", f"The credential is not for {scope[len(server.access_key) :]}."
            )
        key = f"AWS4{server.secret_key}".encode()
        for part in (date[:8], server.region, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        expected = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise denied("The signature we calculated does not match the one you provided.", "SignatureDoesNotMatch")

    def _form(self, environ: Environ, body: bytes) -> Environ:
        """Check a form against its policy, then store its file as an ordinary upload would."""
        fields, file = _read_form(environ["CONTENT_TYPE"], body)
        needed = ("policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "key")
        if not set(needed) <= fields.keys() or fields["x-amz-algorithm"] != ALGORITHM:
            raise denied(f"Bucket POST must contain the fields {', '.join(needed)}.")
        credential, date, signature = (fields[f"x-amz-{name}"] for name in ("credential", "date", "signature"))
        self._compare(fields["policy"], credential, date, signature)
        policy = json.loads(base64.b64decode(fields["policy"]))
        if self._now() >= datetime.fromisoformat(policy["expiration"]):
            raise denied("Invalid according to Policy: Policy expired.")
        bucket = unquote(environ["PATH_INFO"]).strip("/")
        _check_conditions(policy["conditions"], fields | {"bucket": bucket}, len(file))
        path = f"/{bucket}/{fields['key']}"
        kept = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name == "HTTP_HOST"}
        return (
            kept
            | self._checked(credential)
            | {
                "REQUEST_METHOD": "PUT",
                "PATH_INFO": path.encode().decode("latin-1"),
                "RAW_URI": quote(path),
                "REQUEST_URI": quote(path),
                "CONTENT_TYPE": "binary/octet-stream",
                "CONTENT_LENGTH": str(len(file)),
                "wsgi.input": io.BytesIO(file),
            }
        )

    @staticmethod
    def _checked(credential: str) -> Environ:
        """Moto has rules of its own for who comes without this header, and they are not Amazon's."""
        return {"HTTP_AUTHORIZATION": f"{ALGORITHM} Credential={credential}, checked"}

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.server.ahead


def _canonical(environ: Environ, query: list[tuple[str, str]], signed: list[str], payload: str) -> str:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {name: environ.get(name.replace("-", "_").upper(), "") for name in ("content-type", "content-length")}
    unsigned = {name for name in headers if name.startswith("x-amz-")} - set(signed)
    if unsigned or "host" not in signed or signed != sorted(signed):
        raise denied(f"There were headers present in the request which were not signed: {', '.join(unsigned)}")
    path = quote(unquote_to_bytes(environ["RAW_URI"].partition("?")[0]), safe="/-_.~")
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query)
    return "\n".join((
        environ["REQUEST_METHOD"],
        path,
        "&".join(f"{name}={value}" for name, value in pairs),
        *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in signed),
        "",
        ";".join(signed),
        payload,
    ))  # fmt: skip


def _string_to_sign(date: str, credential: str, canonical: str) -> str:
    scope = credential.partition("/")[2]
    return f"{ALGORITHM}\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def _read_form(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """Fields up to the file; Amazon ignores whatever comes after it."""
    decoder = MultipartDecoder(parse_options_header(content_type)[1].get("boundary", "").encode())
    decoder.receive_data(body)
    decoder.receive_data(None)
    fields: dict[str, str] = {}
    name, value = "", b""
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, Field | File):
            name, value = event.name.lower(), b""
        elif isinstance(event, Data):
            value += event.data
            if event.more_data:
                continue
            if name == "file":
                return fields, value
            if name in fields:
                raise bad("InvalidArgument", f"The field {name} is given twice.")
            fields[name] = value.decode()
    raise bad("InvalidArgument", "POST requires exactly one file upload per request.")


def _check_conditions(conditions: list[Any], fields: Mapping[str, str], size: int) -> None:
    covered = {"policy", "x-amz-signature", "bucket"}
    for condition in conditions:
        match condition:
            case dict():
                held = all(fields.get(name.lower()) == value for name, value in condition.items())
                covered |= {name.lower() for name in condition}
            case ["eq", str(name), str(value)]:
                held = fields.get(name[1:].lower()) == value
                covered.add(name[1:].lower())
            case ["starts-with", str(name), str(value)]:
                held = fields.get(name[1:].lower(), "").startswith(value)
                covered.add(name[1:].lower())
            case ["content-length-range", int(least), int(most)]:
                _check_size(size, least, most)
                held = True
            case _:
                raise bad("InvalidPolicyDocument", f"Invalid condition: {condition}")
        if not held:
            raise denied(f"Invalid according to Policy: Policy Condition failed: {json.dumps(condition)}")
    extra = [name for name in fields if name not in covered and not name.startswith("x-ignore-")]
    if extra:
        raise denied(f"Invalid according to Policy: Extra input fields: {', '.join(extra)}")


def _check_size(size: int, least: int, most: int) -> None:
    if size > most:
        raise bad("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    if size < least:
        raise bad("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")

"""The gate of the S3 for tests is itself tested: what Amazon refuses is refused here."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from s3_server import S3Server, s3_server


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


def client(server: S3Server, **changed: str) -> Any:
    options = {
        "endpoint_url": server.url,
        "region_name": server.region,
        "aws_access_key_id": server.access_key,
        "aws_secret_access_key": server.secret_key,
    } | changed
    return boto3.session.Session().client(
        "s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}), **options
    )


@pytest.fixture(scope="module")
def s3(server: S3Server) -> Iterator[Any]:
    s3 = client(server)
    s3.put_object(Bucket=server.bucket, Key="a/b c+ü", Body=b"content", ChecksumAlgorithm="SHA256")
    yield s3
    s3.close()


@pytest.fixture
def link(server: S3Server, s3: Any) -> str:
    return str(s3.generate_presigned_url("get_object", {"Bucket": server.bucket, "Key": "a/b c+ü"}, 60))


@pytest.fixture
def form(server: S3Server, s3: Any) -> Any:
    conditions = [["content-length-range", 2, 10]]
    return s3.generate_presigned_post(server.bucket, "up/${filename}", Conditions=conditions, ExpiresIn=60)


def code(answer: httpx.Response) -> str:
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


def test_a_signed_request_and_a_signed_link_pass(server: S3Server, s3: Any, link: str) -> None:
    assert s3.get_object(Bucket=server.bucket, Key="a/b c+ü")["Body"].read() == b"content"
    assert httpx.get(link).content == b"content"


@pytest.mark.parametrize("changed", ["aws_access_key_id", "aws_secret_access_key", "region_name"])
def test_a_request_signed_with_something_else_is_refused(server: S3Server, changed: str) -> None:
    stranger = client(server, **{changed: "another"})

    with pytest.raises(ClientError):
        stranger.head_object(Bucket=server.bucket, Key="a/b c+ü")
    stranger.close()


def test_a_request_from_another_time_is_refused(server: S3Server, s3: Any) -> None:
    for skew in (timedelta(minutes=16), timedelta(minutes=-16)):
        server.ahead = skew
        with pytest.raises(ClientError):
            s3.head_object(Bucket=server.bucket, Key="a/b c+ü")
    server.ahead = timedelta()


def test_nothing_unsigned_passes(server: S3Server) -> None:
    assert code(httpx.get(f"{server.url}/{server.bucket}/a/b")) == "AccessDenied"
    assert code(httpx.put(f"{server.url}/{server.bucket}/a/b", content=b"x")) == "AccessDenied"
    assert code(httpx.delete(f"{server.url}/{server.bucket}")) == "AccessDenied"


def test_a_link_holds_for_its_host_only(link: str) -> None:
    assert code(httpx.get(link.replace("127.0.0.1", "localhost"))) == "SignatureDoesNotMatch"


def test_a_link_holds_for_its_method_only(link: str) -> None:
    assert code(httpx.put(link, content=b"x")) == "SignatureDoesNotMatch"
    assert httpx.head(link).status_code == 403


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/a/b", "/a/c"),
        ("X-Amz-Expires=60", "X-Amz-Expires=61"),
        ("X-Amz-Date=2", "X-Amz-Date=3"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
        ("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders="),
        ("?", "?response-content-type=text/html&"),
        ("X-Amz-Expires=60", "X-Amz-Expires=604801"),
        ("X-Amz-Expires=60&", ""),
        ("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=60"),
    ],
)
def test_a_link_that_was_changed_is_refused(link: str, old: str, new: str) -> None:
    assert old in link

    assert httpx.get(link.replace(old, new, 1)).status_code in {400, 403}


def test_a_header_that_was_not_signed_is_refused(link: str) -> None:
    assert code(httpx.get(link, headers={"x-amz-request-payer": "requester"})) == "AccessDenied"


def test_a_link_runs_out(server: S3Server, link: str) -> None:
    server.ahead = timedelta(seconds=61)
    refused = httpx.get(link)
    server.ahead = timedelta()

    assert (refused.status_code, code(refused)) == (403, "AccessDenied")
    assert "expired" in refused.text


def test_a_form_stores_its_file(server: S3Server, s3: Any, form: Any) -> None:
    answer = httpx.post(form["url"], data=form["fields"], files={"file": ("ä.txt", b"content")})

    assert answer.status_code == 204
    assert s3.list_objects_v2(Bucket=server.bucket, Prefix="up/")["KeyCount"] == 1


@pytest.mark.parametrize(
    ("changed", "file", "expected"),
    [
        ({"key": "elsewhere/x"}, b"content", "AccessDenied"),
        ({"acl": "public-read"}, b"content", "AccessDenied"),
        ({"x-amz-signature": "0" * 64}, b"content", "SignatureDoesNotMatch"),
        ({"x-amz-date": "20200101T000000Z"}, b"content", "AccessDenied"),
        ({"x-amz-algorithm": "none"}, b"content", "AccessDenied"),
        ({}, b"x" * 11, "EntityTooLarge"),
        ({}, b"x", "EntityTooSmall"),
    ],
)
def test_a_form_outside_its_policy_is_refused(form: Any, changed: dict[str, str], file: bytes, expected: str) -> None:
    answer = httpx.post(form["url"], data=form["fields"] | changed, files={"file": file})

    assert answer.status_code in {400, 403}
    assert code(answer) in {expected, "AuthorizationQueryParametersError"}


def test_a_form_with_an_edited_policy_is_refused(form: Any) -> None:
    policy = json.loads(b64decode(form["fields"]["policy"]))
    policy["conditions"] = []
    edited = b64encode(json.dumps(policy).encode()).decode()

    answer = httpx.post(form["url"], data=form["fields"] | {"policy": edited}, files={"file": b"content"})

    assert code(answer) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("missing", ["policy", "key", "x-amz-signature", "x-amz-credential", "x-amz-date"])
def test_a_form_without_one_of_its_fields_is_refused(form: Any, missing: str) -> None:
    fields = {name: value for name, value in form["fields"].items() if name != missing}

    assert httpx.post(form["url"], data=fields, files={"file": b"content"}).status_code == 403


def test_a_form_runs_out(server: S3Server, form: Any) -> None:
    server.ahead = timedelta(seconds=61)
    refused = httpx.post(form["url"], data=form["fields"], files={"file": b"content"})
    server.ahead = timedelta()

    assert (refused.status_code, code(refused)) == (403, "AccessDenied")


def test_a_form_for_another_bucket_is_refused(form: Any) -> None:
    assert code(httpx.post(form["url"] + "x", data=form["fields"], files={"file": b"content"})) == "AccessDenied"


def test_an_upload_of_unknown_length_is_refused(form: Any) -> None:
    answer = httpx.post(form["url"], content=iter([b"x"]), headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status_code == 411

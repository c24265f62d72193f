"""Bytes from behind a link, as they come."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from circuit_web import Site, site

from neuroagent.task_schemas.circuit import CircuitLink
from neuroagent.task_schemas.errors import ExternalService
from neuroagent.task_schemas.files import DownloadGrant, StoredFile
from neuroagent.tasks.circuit.errors import BadFile, LinkExpired, LinkRefused, TooLarge
from neuroagent.tasks.circuit.fetch import Limits, open_grant, open_link
from neuroagent.tasks.circuit.links import LinkRules

HERE = LinkRules(loopback=True)


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as given:
        yield given


def link(web: Site, path: str = "/circuit.gz", **more: object) -> CircuitLink:
    return CircuitLink.model_validate({"url": web.url(path), "name": "circuit.gz", **more})


def grant(web: Site, content: bytes, path: str = "/circuit.gz") -> DownloadGrant:
    digest = sha256(content).hexdigest()
    file = StoredFile(key="k", name="circuit.gz", media_type="x/y", size=len(content), sha256=digest)
    return DownloadGrant(file=file, url=web.url(path), expires_at=datetime.now(UTC), renewal="again")


def test_a_link_gives_its_bytes_and_the_name_of_its_content(web: Site) -> None:
    web.headers["ETag"] = '"abc"'

    with open_link(link(web), HERE) as download:
        assert b"".join(download.chunks()) == b"content"

    assert download.content == f'etag:127.0.0.1:{web.port}:/circuit.gz:7:"abc"'


@pytest.mark.parametrize("etag", ["", 'W/"abc"', "abc", '""'])
def test_what_does_not_name_the_very_bytes_is_no_name_for_a_cache(web: Site, etag: str) -> None:
    web.headers["ETag"] = etag

    with open_link(link(web), HERE) as download:
        assert download.content == ""


def test_a_link_that_is_about_to_run_out_is_renewed_first(web: Site) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=5)

    with open_link(link(web, "/old", expires_at=soon, renewal="r"), HERE, lambda _: link(web, "/new")) as download:
        assert b"".join(download.chunks()) == b"content"

    assert web.asked == ["/new"]


def test_a_link_that_has_run_out_is_renewed_once(web: Site) -> None:
    web.expired = {"/old"}

    with open_link(link(web, "/old", renewal="r"), HERE, lambda _: link(web, "/new")):
        assert web.asked == ["/old", "/new"]

    web.expired = {"/old", "/new"}
    with pytest.raises(LinkExpired, match="not accepted"):
        open_link(link(web, "/old", renewal="r"), HERE, lambda _: link(web, "/new"))


def test_a_renewed_link_has_to_keep_the_rules_too(web: Site) -> None:
    web.expired = {"/old"}
    elsewhere = CircuitLink(url="https://169.254.169.254/latest", name="x")

    with pytest.raises(LinkRefused):
        open_link(link(web, "/old", renewal="r"), HERE, lambda _: elsewhere)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(web: Site, status: int) -> None:
    web.status, web.headers["Location"] = status, web.url("/elsewhere")

    with pytest.raises(LinkRefused, match="leads on to another"):
        open_link(link(web), HERE)
    assert web.asked == ["/circuit.gz"]


@pytest.mark.parametrize(("status", "error"), [(404, LinkRefused), (403, LinkExpired), (503, ExternalService)])
def test_a_host_that_says_no_is_quoted(web: Site, status: int, error: type[Exception]) -> None:
    web.status = status

    with pytest.raises(error, match=str(status)):
        open_link(link(web), HERE)


def test_a_proxy_in_the_environment_is_not_asked(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with open_link(link(web), HERE) as download:
        assert b"".join(download.chunks()) == b"content"


def test_more_than_the_limit_is_refused_announced_or_not(web: Site) -> None:
    with pytest.raises(TooLarge, match="has 7 bytes; at most 3"):
        open_link(link(web), HERE, limits=Limits(bytes=3))

    web.headers["Transfer-Encoding"] = "identity"
    web.body, web.announced = b"x" * 100, 100
    with open_link(link(web), HERE, limits=Limits(bytes=100)) as download:
        download.limits = Limits(bytes=10)
        with pytest.raises(TooLarge, match="more than 10 bytes"):
            list(download.chunks())


def test_a_connection_that_breaks_off_is_worth_another_try(web: Site) -> None:
    web.announced = 1_000

    with open_link(link(web), HERE) as download, pytest.raises(ExternalService, match="broke off"):
        list(download.chunks())


def test_a_stored_file_is_named_by_its_digest_and_held_to_it(web: Site) -> None:
    with open_grant(grant(web, b"content"), lambda _: grant(web, b"content")) as download:
        assert b"".join(download.chunks()) == b"content"
        assert download.content == f"sha256:{sha256(b'content').hexdigest()}:k"

    other = grant(web, b"another")
    with open_grant(other, lambda _: other) as download, pytest.raises(BadFile, match="not those that were stored"):
        list(download.chunks())


def test_a_grant_that_ran_out_is_renewed_and_for_the_same_file_only(web: Site) -> None:
    web.expired = {"/old"}

    with open_grant(grant(web, b"content", "/old"), lambda _: grant(web, b"content", "/new")) as download:
        assert b"".join(download.chunks()) == b"content"
    with pytest.raises(LinkExpired, match="something else"):
        open_grant(grant(web, b"content", "/old"), lambda _: grant(web, b"other", "/new"))

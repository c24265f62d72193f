from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from neuroagent.app.storage.errors import LinkExpired, LinkRefused
from neuroagent.app.storage.links import Download, Links, Policy

SECRET = b"a secret of thirty-two bytes, ok"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
FILE = Download("a/b ü?&#.csv", "the name & more.csv", "text/csv")


def links(at: datetime = NOON, secret: bytes = SECRET) -> Links:
    return Links(secret, lambda: at)


def opened(path: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(path)
    return unquote(parts.path).removeprefix("/files/"), dict(parse_qsl(parts.query))


def in_an_hour() -> int:
    return int((NOON + timedelta(hours=1)).timestamp())


def test_a_link_says_which_file_and_how_it_is_called() -> None:
    key, query = opened(links().download_path(FILE, in_an_hour()))

    assert links().check_download(key, query) == FILE


def test_a_link_works_until_the_second_it_runs_out() -> None:
    key, query = opened(links().download_path(FILE, in_an_hour()))

    assert links(NOON + timedelta(minutes=59, seconds=59)).check_download(key, query) == FILE
    with pytest.raises(LinkExpired, match="2030-01-01T13:00:00"):
        links(NOON + timedelta(hours=1)).check_download(key, query)


@pytest.mark.parametrize("field", ["expires", "name", "type", "signature"])
def test_no_field_of_a_link_can_be_left_out(field: str) -> None:
    key, query = opened(links().download_path(FILE, in_an_hour()))

    with pytest.raises(LinkRefused, match="incomplete"):
        links().check_download(key, {name: value for name, value in query.items() if name != field})


def test_another_secret_opens_nothing() -> None:
    key, query = opened(links().download_path(FILE, in_an_hour()))

    with pytest.raises(LinkRefused):
        links(secret=SECRET[::-1]).check_download(key, query)


def test_a_form_says_what_it_may() -> None:
    policy = Policy(prefix="tasks/1/", max_bytes=5, expires=in_an_hour())

    assert links().check_upload(links().upload_fields(policy)) == policy
    with pytest.raises(LinkExpired, match="form ran out"):
        links(NOON + timedelta(hours=1)).check_upload(links().upload_fields(policy))


def test_a_form_without_its_fields_is_refused() -> None:
    with pytest.raises(LinkRefused):
        links().check_upload({})

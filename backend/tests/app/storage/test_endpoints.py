from datetime import timedelta

import httpx
from stores import DiskStore, chunks

HOUR = timedelta(hours=1)


async def test_a_file_is_served_inert(disk: DiskStore, http: httpx.AsyncClient) -> None:
    await disk.storage.save("a/page", chunks(b"<script>alert(1)</script>"))

    link = disk.storage.download_link(
        "a/page", name="page.html", media_type="text/html", audience="browser", lifetime=HOUR
    )
    answer = await http.get(link)

    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_refusal_has_the_apps_form_and_ends_the_connection(disk: DiskStore, http: httpx.AsyncClient) -> None:
    answer = await http.get(f"{disk.url}/files/a/b")

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "link_refused"
    assert answer.json()["error"]["message"].endswith("ask for a new one.")
    assert answer.headers["connection"] == "close"


async def test_an_expired_link_says_so(disk: DiskStore, http: httpx.AsyncClient) -> None:
    await disk.storage.save("a/b", chunks(b"x"))
    link = disk.storage.download_link("a/b", name="b", audience="browser", lifetime=HOUR)

    disk.skip(HOUR)
    answer = await http.get(link)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "link_expired")


async def test_a_link_is_for_reading_only(disk: DiskStore, http: httpx.AsyncClient) -> None:
    await disk.storage.save("a/b", chunks(b"x"))
    link = disk.storage.download_link("a/b", name="b", audience="browser", lifetime=HOUR)

    for method in ("PUT", "DELETE", "PATCH", "POST"):
        assert (await http.request(method, link)).status_code == 405
    assert disk.keys() == ["a/b"]


async def test_a_refusal_is_read_by_those_who_were_still_sending(disk: DiskStore, http: httpx.AsyncClient) -> None:
    form = disk.storage.upload_form("a/", max_bytes=10**6, audience="browser", lifetime=HOUR)

    for _ in range(20):
        answer = await http.post(form.url, data=form.fields | {"key": "b/c"}, files={"file": b"x" * 500_000})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "key_refused")

    assert disk.keys() == disk.leftovers() == []

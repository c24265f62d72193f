"""What strangers send as files, and how they call them."""

from pathlib import Path

import httpx

NAMES = [
    "../../../../tmp/x.csv", "..\\..\\x.csv", "/etc/passwd.csv", "a\0.csv", "a\r\nX: y.csv", 'a"; filename="b.exe',
    ".htaccess.csv", "con.csv", "x" * 500 + ".csv", "\u202evsc.csv", "é" * 300 + ".csv", "a%2f..%2fb.csv", "-rf.csv",
    "~/.ssh/x.csv", "$(id).csv", "<img src=x>.csv",
]  # fmt: skip


async def made(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/threads", json={})).json()["id"])


async def put(
    client: httpx.AsyncClient, name: str, content: bytes = b"a,b\n", thread: str | None = None
) -> httpx.Response:
    thread = thread or await made(client)
    return await client.post(f"/api/threads/{thread}/files", files={"file": (name, content, "text/html")})


WRONG = {
    "a.csv": b"\x7fELF\x02\x01\x01\0",
    "a.json": b"MZ\x90\0",
    "a.png": b"<html><script>",
    "a.pdf": b"<html>%PDF-",
    "a.html": b"<script>",
    "a.svgz": b"\x1f\x8b",
    "a.exe": b"MZ",
    "a.csv.exe": b"a",
    "a.pkl": b"\x80\x04",
}
FORMS = [
    b"",
    b"--line--\r\n",
    b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b',
    b'--line\r\nContent-Disposition: form-data; name="file"; filename="\xff.csv"\r\n\r\na\r\n--line--\r\n',
    b'--line\r\nContent-Disposition: form-data; name="file"\r\n\r\na\r\n--line--\r\n',
    b"--line\r\n" + b"X: y\r\n" * 99,
]
PAGE = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def kept_in(folder: Path) -> set[str]:
    return {path.name for path in (folder / "files").rglob("*") if path.is_file()}


async def test_no_name_leads_anywhere(client: httpx.AsyncClient, tmp_path: Path) -> None:
    ids = set()
    for name in NAMES:
        answer = await put(client, name)

        assert answer.status_code in {201, 400, 415}, answer.text
        if answer.status_code == 201:
            file = answer.json()
            ids.add(file["id"])
            assert not {"/", "\\", "\0", "\r", "\n", "<", "$", "%", '"'} & set(file["name"])
            assert not file["name"].startswith(".")
            assert file["media_type"] == "text/csv"

    assert len(ids) > len(NAMES) // 2
    assert kept_in(tmp_path) == ids


async def test_what_it_isn_t_is_refused(client: httpx.AsyncClient, tmp_path: Path) -> None:
    for name, content in WRONG.items():
        answer = await put(client, name, content)

        assert (answer.status_code, answer.json()["error"]["code"]) == (415, "kind_refused")
    assert kept_in(tmp_path) == set()


async def test_a_page_is_only_ever_a_download(client: httpx.AsyncClient) -> None:
    thread = await made(client)
    for name in ("page.svg", "page.xml", "page.md"):
        file = (await put(client, name, PAGE, thread)).json()

        link = await client.get(f"/api/threads/{thread}/files/{file['id']}")
        answer = await client.get(httpx.URL(link.headers["location"]).raw_path.decode())

        assert answer.content == PAGE
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_form_that_can_t_be_meant_leaves_nothing(client: httpx.AsyncClient, tmp_path: Path) -> None:
    thread = await made(client)
    headers = {"content-type": "multipart/form-data; boundary=line"}
    for body in FORMS:
        answer = await client.post(f"/api/threads/{thread}/files", content=body, headers=headers)

        assert answer.status_code in {400, 415}, body
    assert kept_in(tmp_path) == set()

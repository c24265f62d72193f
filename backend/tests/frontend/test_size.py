"""How much a browser fetches until it shows the first view."""

import gzip
import json

from docs.portrait import MOST as MOST_OF_THE_PICTURE
from docs.portrait import PICTURE
from pages import FRONTEND, built_page

MOST = 160_000  # bytes, packed


def first_view() -> dict[str, int]:
    folder = built_page()
    manifest = json.loads((folder / ".vite" / "manifest.json").read_text())
    wanted, chunks = ["index.html"], {}
    while wanted:
        chunk = manifest[wanted.pop()]
        chunks[chunk["file"]] = chunk
        wanted += [name for name in chunk.get("imports", []) if manifest[name]["file"] not in chunks]
    files = {name for chunk in chunks.values() for name in (chunk["file"], *chunk.get("css", []))}
    return {name: len(gzip.compress((folder / name).read_bytes(), 9)) for name in files}


def test_the_first_view_is_light() -> None:
    assert sum(first_view().values()) <= MOST, first_view()


def test_what_draws_and_what_reads_markdown_come_when_they_are_needed() -> None:
    text = "".join((built_page() / name).read_text() for name in first_view() if name.endswith(".js"))

    assert "Plotly" not in text.replace("Plotly's", "")
    assert "micromark" not in text


def test_the_lock_names_no_registry() -> None:
    assert "://" not in (FRONTEND / "deno.lock").read_text()


def test_no_script_stands_in_the_document() -> None:
    document = (built_page() / "index.html").read_text()

    assert document.count("<script") == document.count('<script type="module" crossorigin src="/assets/')
    assert "style=" not in document


def test_the_readme_s_picture_is_small() -> None:
    assert 0 < PICTURE.stat().st_size <= MOST_OF_THE_PICTURE

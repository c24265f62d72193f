"""Every example of docs/doors.md, run as it stands there: only the address is the test's own."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from processes import ROOT, app, redis_server, worker

from neuroagent.app.doors.mcp.outside.file import entries

TOKEN = "the-token-of-a-reader"
PAGE = (ROOT / "docs" / "doors.md").read_text(encoding="utf-8")
THERE = "http://127.0.0.1:8078"
pytestmark = pytest.mark.xdist_group("docs of the doors")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Reader:
    url: str

    def types(self, *command: str) -> str:
        environment = os.environ | {"TOKEN": TOKEN}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reader")
    with (
        redis_server(folder / "redis") as redis,
        worker(redis, folder, "-Q", "default_q"),
        app(redis, folder, NEUROAGENT_AUTH__TOKEN=TOKEN) as client,
    ):
        yield Reader(str(client.base_url).rstrip("/"))


def test_the_page_has_the_examples_that_are_run_here() -> None:
    assert [len(examples(language)) for language in ("sh", "python", "json")] == [1, 2, 1]


def test_curl_asks(reader: Reader) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl isn't there")
    [line] = examples("sh")

    answer = json.loads(reader.types("sh", "-c", line.replace(THERE, reader.url)))

    assert "is alive" in answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize(("place", "said"), [(0, "is alive"), (1, "'check_worker'")])
def test_python_asks(place: int, said: str, reader: Reader, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(examples("python")[place].replace(THERE, reader.url))

    heard = reader.types(sys.executable, str(file))

    assert said in heard
    assert "is alive" in heard


def test_the_file_of_servers_is_read(tmp_path: Path) -> None:
    file = tmp_path / "servers.json"
    file.write_text(examples("json")[0])

    found = entries(file, {"ATLAS_KEY": "k"})

    assert found["atlas"].headers == {"Authorization": "Bearer k"}
    assert (found["files"].prefix, found["files"].timeout, found["files"].approval) == ("files_", 60, "always")

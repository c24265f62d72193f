"""A Chromium for the tests, from wherever it can be had."""

import os
import subprocess
from pathlib import Path

import pytest
from launcher.stand_ins import Output, checkout

from neuroagent.launcher import browser
from neuroagent.launcher.checkout import Checkout

APT = """#!/bin/sh
[ -e "{root}/offline" ] && exit 100
[ "$1" = install ] && echo "Inst chromium (150 Debian)" && echo "Conf chromium" && exit 0
[ "$1" = download ] && touch "$2.deb"
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/lib/chromium" "$3/usr/lib/x86_64-linux-gnu"
printf '#!/bin/sh\\necho "$LD_LIBRARY_PATH|$@"' > "$3/usr/lib/chromium/chromium"
chmod +x "$3/usr/lib/chromium/chromium"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A machine without a browser, whose package index is a script."""
    made = checkout(tmp_path / "check out")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in (("apt-get", APT.replace("{root}", str(tmp_path))), ("dpkg-deb", DPKG)):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    for name in ("sh", "mkdir", "touch", "chmod"):
        (tools / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(tools))
    return made


def test_debian_s_packages_are_unpacked_and_find_their_libraries(here: Checkout, output: Output) -> None:
    browser.bring(here, output.terminal)

    start = browser.at_hand(here)
    assert start is not None
    said = subprocess.run([start, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"{here.brought}/chromium/usr/lib/x86_64-linux-gnu" in said.partition("|")[0].split(":")
    assert said.strip().endswith("|--version")
    assert browser.variables(here) == {"DEV_CHROMIUM": str(start)}


def test_the_machine_s_own_is_taken_first(here: Checkout, output: Output, tmp_path: Path) -> None:
    own = tmp_path / "tools" / "chromium"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)

    browser.bring(here, output.terminal)

    assert browser.at_hand(here) == own
    assert output.text() == ""


def test_without_an_index_there_is_none_and_the_next_time_tries_again(
    here: Checkout, output: Output, tmp_path: Path
) -> None:
    (tmp_path / "offline").touch()
    browser.bring(here, output.terminal)
    assert browser.variables(here) == {}

    (tmp_path / "offline").unlink()
    browser.bring(here, output.terminal)
    assert browser.at_hand(here) is not None


def test_a_machine_without_debian_s_tools_is_left_alone(here: Checkout, output: Output, tmp_path: Path) -> None:
    (tmp_path / "tools" / "dpkg-deb").unlink()

    browser.bring(here, output.terminal)

    assert browser.variables(here, os.environ) == {}
    assert output.text() == ""

"""The page as it is built, and the browser that shows it; a test that can't have one of them says so."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from processes import ROOT

from neuroagent.launcher import browser as browsers
from neuroagent.launcher import page
from neuroagent.launcher.checkout import HERE
from neuroagent.launcher.environments import Environment
from neuroagent.launcher.terminal import Terminal

FRONTEND = ROOT / "frontend"
SCREENSHOTS = FRONTEND / "screenshots"
AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"


@cache
def deno() -> Path:
    found = shutil.which("deno", path=os.pathsep.join([str(Environment(HERE, "dev").scripts), os.environ["PATH"]]))
    if not found:
        pytest.skip("no deno: ./dev test brings it")
    return Path(found)


def deno_environment() -> dict[str, str]:
    return page.deno_variables(Environment(HERE, "dev"), os.environ)


@cache
def built_page() -> Path:
    """The page, built anew when its sources changed."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        page.build_if_stale(Environment(HERE, "dev"), os.environ, Terminal.of(nowhere))
    if not page.is_current(HERE):
        pytest.skip("the page can't be built: npm can't be reached (NPM_CONFIG_REGISTRY names a mirror)")
    return page.built(HERE)


@contextmanager
def chromium() -> Iterator[Browser]:
    found = os.environ.get("DEV_CHROMIUM") or browsers.at_hand(HERE)
    if not found:
        pytest.skip("no Chromium: install one (on Debian: apt install chromium), or run ./dev test, which tries to")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        yield opened
        opened.close()

"""One browser and one system for all visits."""

from collections.abc import Iterator

import pytest
from end_to_end.page.visits import System
from end_to_end.page.visits import system as running
from pages import chromium


@pytest.fixture(scope="module")  # while a browser is open, no loop can run in this process
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with chromium() as browser, running(tmp_path_factory.mktemp("a visited system"), browser) as opened:
        yield opened

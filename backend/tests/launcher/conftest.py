from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.stand_ins import Output


@pytest.fixture
def output(tmp_path: Path) -> Iterator[Output]:
    made = Output(tmp_path / "output")
    yield made
    made.log.close()

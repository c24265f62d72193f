"""Where the page lies."""

from pathlib import Path
from typing import Final

from pydantic import Field

from neuroagent.config.settings import Section

BUILT: Final = Path(__file__).parent / "built"


class PageSettings(Section):
    """The chat page's files."""

    folder: Path | None = Field(
        None, description="The built page; by default the one that `./dev up` builds, or that the package brings."
    )

    @property
    def built(self) -> Path:
        return self.folder or BUILT

"""Where the page is looked for."""

from pathlib import Path

from neuroagent.app.page.settings import BUILT, PageSettings


def test_it_lies_in_the_package_unless_it_is_put_elsewhere() -> None:
    assert PageSettings().built == BUILT
    assert PageSettings(folder=Path("/srv/page")).built == Path("/srv/page")

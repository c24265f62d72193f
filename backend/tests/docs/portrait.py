"""The picture in the README: `./dev run dev python backend/tests/docs/portrait.py` takes it anew."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from end_to_end.page.visits import system
from pages import chromium
from processes import ROOT

PICTURE: Final = ROOT / "docs" / "page.png"
MOST: Final = 150_000  # bytes: everybody who opens the README fetches it
SCRIPT: Final = """/python  # Damped oscillations
from math import exp, pi, sin
import plotly.graph_objects as go

t = [n / 100 for n in range(400)]
figure = go.Figure()
for hertz in (1, 2, 3):
    figure.add_scatter(x=t, y=[sin(2 * pi * hertz * s) * exp(-s / 2) for s in t], name=f"{hertz} Hz")
figure.update_layout(title="Damped oscillations", xaxis_title="seconds", yaxis_title="amplitude")
figure"""


def take(picture: Path) -> None:
    with (
        TemporaryDirectory() as folder,
        chromium() as browser,
        system(Path(folder), browser) as running,
        running.visit(viewport={"width": 1100, "height": 860}) as visit,
    ):
        visit.ask(SCRIPT)
        visit.page.locator(".plot svg .scatterlayer .trace").nth(2).wait_for()
        visit.until_answered()
        visit.page.mouse.move(0, 0)
        visit.page.wait_for_timeout(500)
        visit.page.screenshot(path=picture)


if __name__ == "__main__":
    take(PICTURE)
    size = PICTURE.stat().st_size
    sys.exit(f"{PICTURE} has {size:,} bytes; the README takes {MOST:,} at most." if size > MOST else 0)

"""Every view, in both themes and on a phone: nothing for axe to find, nothing wider than the screen."""

import sqlite3
from typing import Any

import pytest
from end_to_end.page.visits import FIGURE, System

pytestmark = pytest.mark.xdist_group("page")
VIEWS = ["/", "/jobs", "/circuits", "/system", "/settings"]
SHAPES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "wide": {"viewport": {"width": 2200, "height": 1100}, "color_scheme": "dark"},
}
MANY = 2_000


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_for_everybody(system: System, view: str, shape: str) -> None:
    with system.visit(view, **SHAPES[shape]) as visit:
        visit.page.locator("h1").first.wait_for()
        visit.page.wait_for_load_state("networkidle")
        visit.screenshot(f"{view.strip('/') or 'start'}-{shape}")

        assert visit.violations() == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_conversation_and_its_job_are_for_everybody(system: System, shape: str) -> None:
    with system.visit(**SHAPES[shape]) as visit:
        visit.ask(FIGURE)
        visit.page.locator(".plot svg .barlayer .point path").first.wait_for()
        visit.until_answered()
        visit.screenshot(f"chat-{shape}")
        assert visit.violations() == []

        visit.page.get_by_role("link", name="job", exact=True).click()
        visit.page.locator(".plot svg .barlayer .point path").first.wait_for()
        visit.screenshot(f"job-{shape}")

        assert visit.violations() == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_theme_that_was_chosen_stays(system: System) -> None:
    with system.visit("/settings", color_scheme="light") as visit:
        visit.page.get_by_label("Dark").check()
        visit.page.reload()
        visit.page.get_by_label("Dark").wait_for()

        assert visit.page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
        assert visit.page.get_by_label("Dark").is_checked()


def test_a_long_thread_shows_its_end_and_draws_no_more_than_is_looked_at(system: System) -> None:
    with system.visit() as visit:
        visit.ask("/python\n'the first of many'")
        visit.until_answered()
        thread = visit.page.url.rpartition("/")[2]
        lengthen(system, thread)
        visit.page.reload()
        visit.page.locator(".prose").get_by_text(f"message {MANY - 1}", exact=True).wait_for()
        assert visit.page.locator(".message").count() < 200

        visit.page.locator(".scroller").evaluate("box => box.scrollTo(0, 0)")
        visit.page.locator(".message").get_by_text(f"message {MANY - 100}", exact=True).wait_for()

        assert visit.page.locator(".message").count() < 400


def lengthen(system: System, thread: str) -> None:
    """As if so much had been said."""
    columns = "thread_id, id, parent, place, role, state, parts, exchange, model, tokens_in, tokens_out, created_at"
    with sqlite3.connect(system.folder / "data" / "neuroagent.db", timeout=30) as database:
        parent, when = database.execute(
            "SELECT id, created_at FROM messages WHERE thread_id = ? ORDER BY place DESC", (thread,)
        ).fetchone()
        for number in range(MANY):
            role = "user" if number % 2 == 0 else "assistant"
            parts = f'[{{"type": "text", "text": "message {number}"}}]'
            row = (thread, f"m{number}", parent, 4e9 + number, role, "complete", parts, "[]", "", 0, 0, when)
            database.execute(f"INSERT INTO messages ({columns}) VALUES ({', '.join('?' * 12)})", row)
            parent = f"m{number}"
        database.execute("UPDATE threads SET head = ? WHERE id = ?", (parent, thread))
    database.close()

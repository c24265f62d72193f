"""A person with a browser at a real system."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sandboxes
from pages import AXE, SCREENSHOTS, built_page
from playwright.sync_api import Browser, Page
from processes import app, redis_server, worker

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SLOW = "/python\nimport time\nfor n in range(8):\n    print('line', n, flush=True)\n    time.sleep(1)"
FIGURE = """/python
import plotly.graph_objects as go
go.Figure([go.Bar(x=["a", "b", "c"], y=[3, 1, 2])], layout={"title": {"text": "Three bars"}})"""
PATIENCE = 60_000  # milliseconds, on a machine with much else to do


@dataclass(frozen=True)
class System:
    client: httpx.Client
    folder: Path
    browser: Browser

    @contextmanager
    def visit(self, path: str = "/", **more: Any) -> Iterator["Visit"]:
        """Signed in by the printed link, with whatever goes wrong in the page written down."""
        url = str(self.client.base_url).rstrip("/")
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **more})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.extend([said.text] if "Content Security Policy" in said.text else []))
        token = self.client.headers["authorization"].removeprefix("Bearer ")
        page.goto(f"{url}/sign-in?token={token}")
        if path != "/":
            page.goto(f"{url}{path}")
        yield Visit(page, url)
        context.close()
        assert troubles == []


@dataclass(frozen=True)
class Visit:
    page: Page
    url: str

    def ask(self, text: str) -> None:
        self.page.get_by_label("Message", exact=True).fill(text)
        self.page.get_by_role("button", name="Send").click()

    def until_answered(self) -> None:
        self.page.locator(".message.assistant").last.wait_for()
        self.page.get_by_role("button", name="Send").wait_for()
        self.page.get_by_role("button", name="Stop the answer").wait_for(state="hidden")

    def answers(self) -> list[str]:
        return self.page.locator(".message.assistant").all_inner_texts()

    def screenshot(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def violations(self) -> list[str]:
        """What axe finds."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [f"{one['id']}: {[node['html'][:200] for node in one['nodes']]}" for one in found["violations"]]


@contextmanager
def system(folder: Path, browser: Browser) -> Iterator[System]:
    built_page()
    settings = {"TASKS_SANDBOX__IMAGE": str(sandboxes.image().parent), "TASKS_CELERY__WORKER_CONCURRENCY": "2"}
    with redis_server(folder / "redis") as redis, worker(redis, folder, **settings), app(redis, folder) as client:
        yield System(client, folder, browser)

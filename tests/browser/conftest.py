"""One running program for all walks, one browser a module, and an eye on everything it does."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from devkit.browser import find
from tests.browser.stack import PLACE, Stack, running

PHONE, SMALL_PHONE, DESK = (390, 844), (320, 640), (1440, 900)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND",
]  # fmt: skip


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running(days=2) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed at a module's end: while its loop runs, Django takes this thread for an async one."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(os.environ), args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """One visitor's browser: its pages, and what went wrong in them."""

    context: BrowserContext
    page: Page
    stack: Stack
    shop: str = "cloud"
    # A path whose refusal is meant, and its status: the browser's console reports it.
    refused: str = ""
    refused_with: int = 404
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.stack.url(path, self.shop))
        return self.page

    def shot(self, name: str, *, full: bool = False) -> None:
        size = self.page.viewport_size
        width = size["width"] if size else 0
        folder = PLACE.run / "screenshots"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}-{width}.png"
        try:
            self.page.screenshot(path=path, full_page=full)
        except Error:  # on a busy machine Chromium now and then has no picture at the first time
            self.page.screenshot(path=path, full_page=full)

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: self._hear(said.type, said.text, said.location["url"]))
        page.on("pageerror", lambda error: self.wrong.append(f"script, {page.url}: {error.stack}"))
        page.on("request", lambda request: self._see(request.url))
        page.on("response", lambda answer: self._judge(answer.status, answer.url))

    def _hear(self, kind: str, text: str, where: str) -> None:
        is_meant = self.refused and where.endswith(self.refused) and f"{self.refused_with}" in text
        if kind in {"error", "warning"} and not is_meant:
            self.wrong.append(f"console {kind}: {text} {where}")

    def _judge(self, status: int, url: str) -> None:
        if status >= 500:
            self.wrong.append(f"{status}: {url}")

    def _see(self, url: str) -> None:
        parts = urlsplit(url)
        ours = (
            re.fullmatch(r"\w+\.localhost", parts.hostname or "") and parts.port == self.stack.port
        )
        if parts.scheme not in {"data", "blob", "about"} and not ours:
            self.wrong.append(f"another host: {url}")


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(stack: Stack, browser: Browser) -> Iterator[Visitor]:
    """Make visitors. At the end none of them has seen an error or asked another host."""
    visits: list[Visit] = []

    def make(
        *, size: tuple[int, int] = PHONE, language: str = "zh-CN", scripts: bool = True
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language, timezone_id="Asia/Shanghai", java_script_enabled=scripts,
            device_scale_factor=1, reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(20_000)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        made = Visit(context, context.new_page(), stack)
        made.watch(made.page)
        visits.append(made)
        return made

    yield make
    wrong = [line for one in visits for line in one.wrong]
    for one in visits:
        one.context.close()
    assert wrong == []


@pytest.fixture
def codes_file(tmp_path: Path) -> Path:
    """Made by `write_codes`; here only its place."""
    return tmp_path / "供应商 11 月.csv"

"""When a browser first shows something of the cockpit, in the shop of a year."""

import statistics

from playwright.sync_api import Page, sync_playwright

from bench.servers import web
from devkit.browser import ensure

TIMES = 5
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--no-first-run", "--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND",
]  # fmt: skip
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def cockpit_first_paint_ms(*, host: str, email: str, password: str) -> float:
    """From the click to the first thing drawn, by the browser's own clock; the median of some."""
    with web() as port, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=ensure(), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        office = f"http://{host}:{port}/office/"
        page.goto(f"{office}login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(office)
        found = [_painted(page, f"{office}cockpit/") for _ in range(1 + TIMES)]
        chromium.close()
    return statistics.median(found[1:])  # the first loads what every page shares


def _painted(page: Page, url: str) -> float:
    page.goto(url, wait_until="load")
    page.wait_for_function(f"{_PAINTED} !== null")
    return float(page.evaluate(_PAINTED))

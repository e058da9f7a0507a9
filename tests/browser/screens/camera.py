"""`make screens`: the pictures in docs/images and the page that shows them, docs/screens.md.

It looks around as a shopper, as the owner of the first demo shop and as the operator, in both
languages; what it needs to be there (a purchase, some files) it makes first.
"""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.demo.people import OPERATOR
from devkit.browser import ensure
from devkit.place import CLONE
from tests.browser import steps
from tests.browser.conftest import FLAGS, Visit
from tests.browser.pages import BOUGHT
from tests.browser.screens.album import written
from tests.browser.screens.scenes import (
    DARK,
    LANGUAGES,
    OFFICE,
    OPS,
    SHOP,
    SIZES,
    TICKED,
    Scene,
    areas,
)
from tests.browser.stack import Stack

IMAGES = CLONE / "docs" / "images"
PAGE = CLONE / "docs" / "screens.md"
WHO = {OFFICE: "owner@cloud.example", OPS: OPERATOR}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
CODES = {"zh": "zh-hans", "en": "en"}
SPEAK = """language => fetch("/office/language/", {method: "POST", redirect: "manual",
  body: new URLSearchParams({language, next: "/office/",
    csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value})})"""
COLOURS = 112
SETTLED = 400  # ms, for charts and fonts


class Camera:
    """Looks around in one language."""

    def __init__(self, browser: Browser, stack: Stack, language: str) -> None:
        self._browser, self._stack, self._language = browser, stack, language

    def shoot(self, who: str, scenes: Sequence[Scene]) -> None:
        with self._visitor("ops" if who == OPS else "cloud") as visit:
            if who == SHOP:
                places = _bought(visit, LOCALES[self._language])
            else:
                steps.sign_in(visit, WHO[who])
                visit.page.evaluate(SPEAK, CODES[self._language])
                places = _of_office(visit) if who == OFFICE else _of_platform(visit)
            for scene in scenes:
                self._take(visit, scene, places.get(scene.path, scene.path))
            if who != SHOP:
                visit.open("/office/")
                visit.page.evaluate(SPEAK, CODES["zh"])

    @contextmanager
    def _visitor(self, shop: str) -> Iterator[Visit]:
        context = self._browser.new_context(
            locale=LOCALES[self._language], timezone_id="Asia/Shanghai", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(30_000)
        yield Visit(context, context.new_page(), self._stack, shop)
        context.close()

    def _take(self, visit: Visit, scene: Scene, path: str) -> None:
        page = visit.page
        page.emulate_media(color_scheme="dark" if scene.look == DARK else "light")
        for width, height in (SIZES[size] for size in scene.sizes):
            page.set_viewport_size({"width": width, "height": height})
            visit.open(path)
            page.wait_for_load_state("networkidle")
            spoken = page.evaluate("document.documentElement.lang")
            if not spoken.lower().startswith(self._language):
                raise RuntimeError(f"{scene.name} speaks {spoken}: somebody else is at it")
            if scene.before == TICKED:
                for box in page.locator("input.action-select").all()[:3]:
                    box.check()
            page.wait_for_timeout(SETTLED)
            _keep(page.screenshot(), IMAGES / f"{scene.name}-{self._language}-{width}.webp")


def _keep(png: bytes, to: Path) -> None:
    """In a few colours, or as a photograph where that is smaller."""
    with Image.open(io.BytesIO(png)) as seen:
        picture = seen.convert("RGB")
    few = _webp(
        picture.quantize(COLOURS).convert("RGB"),
        lossless=True,
        quality=100,
    )
    many = _webp(picture, quality=50)
    to.write_bytes(min(few, many, key=len))


def _webp(picture: Image.Image, **how: int) -> bytes:
    made = io.BytesIO()
    picture.save(made, "WEBP", method=4, **how)
    return made.getvalue()


def _bought(visit: Visit, locale: str) -> dict[str, str]:
    """A purchase: where its product and its order stand."""
    page = steps.find_product(visit, BOUGHT[locale])
    product = page.url
    steps.order(page)
    steps.pay(page)
    steps.delivered(page)
    return {"product": _path(visit, product), "order": _path(visit, page.url)}


def _of_office(visit: Visit) -> dict[str, str]:
    """An order on paper; files lie in the export centre, and a report comes each morning."""
    page = visit.open("/office/reports/")
    if not page.locator("ul.qy-files li").count():
        page.locator(".qy-form button.qy-primary").click()
        page.wait_for_load_state("networkidle")
    page = visit.open("/office/exports/")
    if not page.locator("ul.qy-files li").count():
        for row in (0, 1, 6):
            page.locator("button[name=form][value=xlsx]").nth(row).click()
            page.wait_for_load_state("networkidle")
    page = visit.open("/office/orders/order/")
    page = visit.open(_first(page, "#result_list a.qy-link"))
    return {"paper": _first(page, "a[href$='/paper/']")}


def _of_platform(visit: Visit) -> dict[str, str]:
    return {"visit": _first(visit.open("/office/usage/"), "td a[href*='/shops/']")}


def _first(page: Page, link: str) -> str:
    return page.locator(link).first.get_attribute("href") or ""


def _path(visit: Visit, url: str) -> str:
    return url.removeprefix(visit.stack.url("", visit.shop))


def main(names: set[str]) -> None:
    """All of them, if none is named."""
    IMAGES.mkdir(exist_ok=True)
    stack = Stack(int(os.environ["PORT"]))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=FLAGS)
        for language, area in product(LANGUAGES, areas()):
            if wanted := [one for one in area.scenes if not names or one.name in names]:
                Camera(browser, stack, language).shoot(area.who, wanted)
        browser.close()
    PAGE.write_text(written(), encoding="utf-8")
    sizes = [one.stat().st_size for one in IMAGES.iterdir()]
    sys.stdout.write(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.2f} MB\n")

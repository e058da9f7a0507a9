"""Every page with each translated text between marks: what stands outside of them, and in no row,
was written for the readers of one language."""

import re
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps

from suppliers.selectors.recipes import card_platforms
from tests.browser import pages, steps
from tests.browser.conftest import DESK, Visit
from tests.browser.stack import Stack, beside, run
from tests.browser.test_console import sign_in as enter_console
from tests.browser.test_pages import led_to, office_pages, walked

pytestmark = pytest.mark.timeout(900)  # the first one starts everything

# The same in every language: names of formats, keys, protocols' own words, addresses; what a
# browser or a library says of itself; each language by its own name.
SAME = re.compile(
    r"\b(CSV|XLSX|Excel|Ctrl K|App(Id|Secret)|userId|merchant key|EN|English|HTTP|API|UTC|ms)\b"
    r"|中文|简体中文|scrollable content|选择一个日期|Choose a Date|HeadlessChrome \d+"
    r"|cloud\.localhost:\d+"
    r"|https?://\S+|[\w.]+@[\w.]+|/api/v1/\S*|\*\.\S+|\b[0-9a-f]{32}\b|20261122-7KQ4MXW2PD"
    r"|\{ \"created_at\".*|ABC2346789|order\.completed|aliyun"
    r"|\b[A-Z]{3,4}-[A-Z0-9•-]+"
)
APART = re.compile(r"\s[·|×:–]\s|[()←：:|]|\s×\s|^·\s|\s·$")
LETTERS = re.compile(r"[^\W\d_]{2}")
# A state's name in our code is in rows too, and is no word.
CODES = {
    str(value)
    for model in apps.get_models()
    for field in model._meta.fields
    for value, _label in field.choices or ()
}


@pytest.fixture(scope="module")
def marked(stack: Stack) -> Iterator[Stack]:
    with beside(stack, "tests.browser.marked:application") as found:
        yield found


def looked_at(visitors: list[Visit], language: str) -> Iterator[tuple[str, list[str]]]:
    """Each page's name, and what of it stands outside of the marks. The office is in its people's
    own language, whatever their browser asks for."""
    shopper, guest, *members = visitors
    for member in members:
        steps.sign_in(member)
        for name, path in office_pages(member).items():
            yield f"office {name}", member.open(path).evaluate(pages.UNMARKED)
    console = {"console": enter_console(guest)}
    for name, path in led_to(guest, console, pages.CONSOLE_LINKS).items():
        yield name, guest.open(path).evaluate(pages.UNMARKED)
    for name in walked(shopper, language):
        yield f"shop {name}", shopper.page.evaluate(pages.UNMARKED)


def untranslated(texts: list[str], stored: str) -> list[str]:
    pieces = chain.from_iterable(APART.split(SAME.sub(" ", text)) for text in texts)
    words = {piece.strip(" ·|…") for piece in pieces if LETTERS.search(piece)}
    return sorted(word for word in words if word in CODES or word not in stored)


@pytest.mark.parametrize(("language", "people"), [("zh-CN", 3), ("en-GB", 2)])
def test_what_pages_say_was_given_to_translators(visit, marked, tmp_path, language, people):
    visitors = [visit(size=DESK, language=language) for _each in range(people)]
    for one in visitors:
        one.stack = marked

    said = dict(looked_at(visitors, language))

    run(marked, sys.executable, "-m", "tests.browser.stored", str(tmp_path / "stored"))
    platforms = "\n".join(str(one.label) for one in card_platforms())
    stored = Path(tmp_path, "stored").read_text() + platforms
    found = {name: untranslated(texts, stored) for name, texts in said.items()}
    assert {name: words for name, words in found.items() if words} == {}


def test_a_word_that_no_translator_saw_is_found():
    stored = "云朵\tCloud · One\tcompleted"
    texts = ["CSV", "Cloud · One", "Paid orders", "completed", "云朵 × 2", "合计: 3"]
    assert untranslated(texts, stored) == ["Paid orders", "completed", "合计"]


def test_what_stands_outside_of_the_marks_is_read_off_a_page(visit):
    page = visit().page

    page.set_content(
        "<title>⟦Orders⟧ | Shop</title>"
        "<p>⟦See <a>this page⟧</a>, then <b title='a hint'>⟦3⟧</b></p>"
        "<li>⟦never closed</li><li>Written in the page</li><p hidden>Not to be seen</p>"
    )

    assert sorted(page.evaluate(pages.UNMARKED)) == [
        ", then", "Written in the page", "a hint", "| Shop",
    ]  # fmt: skip

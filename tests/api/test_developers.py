"""The developers' portal: whole in both languages, and what it shows works."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from api.described.advice import ADVICE
from api.described.document import document
from api.described.pages import PAGES
from api.doors.agiso import AgisoDoor
from api.doors.goofish import GoofishDoor
from api.doors.kasushou import KasushouDoor
from channels.services.sandbox.magic import REFS
from channels.services.webhooks.sending import MOST_TRIES
from core.errors import AppError, RequestUnreadable
from suppliers.adapters import sandbox
from tenants.errors import ShopSuspended, ShopUnknown

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
LANGUAGES = ("en", "zh-CN")
TEMPLATES = Path(settings.BASE_DIR) / "templates/developers"


def read(name, language, *, host="cloud.localhost"):
    browser = Client(headers={"host": host, "accept-language": language})
    path = f"/developers/{name}/" if name else "/developers/"
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name or "overview")
def test_a_page_is_whole_and_asks_nobody_outside(shop, page, language):
    text = read(page.name, language)

    assert text.count("<h1") == 1
    assert 'aria-current="page"' in text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []
    assert "{{" not in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name or "overview")
def test_both_languages_have_the_same_parts(shop, page):
    parts = [re.findall(r' id="([^"]+)"', read(page.name, language)) for language in LANGUAGES]

    assert parts[0] == parts[1]


def test_a_page_that_is_not_there_is_not_found(shop):
    answer = Client(headers={"host": "cloud.localhost"}).get("/developers/nothing/")

    assert answer.status_code == 404


def test_every_error_leads_to_its_explanation(shop):
    text = read("errors", "en")

    for error in ADVICE:
        assert f'id="{error.code}"' in text


def test_whatever_partners_may_be_refused_with_is_explained():
    """Every refusal of the API's own and of the partners' floor, but for what staff is told."""
    staff = {"partner_name_taken", "tier_in_use", "claim_taken", "claim_settled", "same_person"}
    named = {error.code for error in ADVICE} | staff
    own = [error for error in all_refusals(AppError) if error.__module__ == "api.errors"]
    before_it = [RequestUnreadable, ShopUnknown, ShopSuspended]  # whatever address is called

    assert {error.code for error in [*own, *before_it]} - named == set()


def all_refusals(error):
    for each in error.__subclasses__():
        yield each
        yield from all_refusals(each)


def test_the_reference_shows_every_operation(shop):
    text = read("reference", "en")

    for methods in document(language="en")["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in text


def test_machines_are_told_where_everything_is(shop):
    answer = Client(headers={"host": "cloud.localhost", "accept-language": "en"}).get(
        "/developers/llms.txt"
    )

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.content.decode()
    assert "POST /api/v1/orders: Place an order" in text
    assert all(f"/developers/{page.name}" in text for page in PAGES)


def test_every_operation_that_a_page_names_is_there():
    """`POST /orders/{ref}/cancel`, as the pages write it; a path without a method is a GET's."""
    known = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in document(language="en")["paths"].items()
        for method in methods
    }
    named = {
        told
        for page in TEMPLATES.rglob("*.html")
        for told in re.findall(
            r"<code>((?:GET|POST|PATCH|DELETE) /[^<?]*)", page.read_text(encoding="utf-8")
        )
    }

    assert len(named) > 10
    assert named - known == set()


@pytest.mark.parametrize(("language", "waits"), [("en", "10 seconds"), ("zh-CN", "10 秒")])
def test_all_that_can_be_tried_is_told_with_its_real_waits(shop, language, waits):
    text = read("test-mode", language)

    for name in (*REFS, *sandbox.ACCOUNTS):
        assert f"<code>{name}</code>" in text
    assert timedelta(seconds=10) == sandbox.SOON
    assert waits in text
    assert "http://cloud-test.localhost/office/" in text


@pytest.mark.parametrize(
    ("language", "waits"),
    [("en", ["5 seconds", "3 hours", "28 hours"]), ("zh-CN", ["5 秒", "3 小时", "28 小时"])],
)
def test_the_tries_of_a_webhook_are_those_of_the_sender(shop, language, waits):
    text = read("webhooks", language)

    rows = re.findall(r"<td>(\d+)</td><td>([^<]*)</td>", text)
    assert [int(number) for number, _wait in rows] == list(range(1, MOST_TRIES + 1))
    told = [wait.strip() for _number, wait in rows]
    assert [told[1], told[7], told[-1]] == waits


def test_a_local_name_is_explained_where_there_is_one(shop):
    text = read("quickstart", "en")

    assert "socket.gethostbyname(&#x27;cloud.localhost&#x27;)" in text
    assert "<code>http://127.0.0.1:80</code>" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name or "overview")
def test_every_block_of_code_that_is_to_be_copied_can_be(shop, page):
    text = read(page.name, "en")

    blocks = text.count("<pre")
    assert blocks == text.count("data-copy-code") + text.count("docs-told")


def test_pages_lead_to_each_other(shop):
    text = read("quickstart", "en")

    assert re.findall(r'href="([^"]*)" rel="(prev|next)"', text) == [
        ("/developers/", "prev"),
        ("/developers/test-mode/", "next"),
    ]


def test_a_refusal_reads_as_it_is_written(caller):
    for path, said in (
        ("/api/v1/orders/none", "这里没有您可以查看的内容"),
        ("/api/v1/nothing", "没有这个地址，请检查拼写"),
    ):
        caller.get(path, **{"accept-language": "zh-CN"})

        assert said.encode() in caller.raw
        assert b'": ' not in caller.raw


@pytest.mark.parametrize("view", [KasushouDoor, AgisoDoor, GoofishDoor])
def test_every_path_of_a_door_is_told(shop, view):
    text = read("doors", "en")

    for path in view.deeds:
        assert f"<code>{path}</code>" in text

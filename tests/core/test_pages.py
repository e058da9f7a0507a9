"""Every refusal is a page that says what to do, or JSON in one shape."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError
from django.http import HttpResponseNotAllowed
from django.template import engines
from django.test import Client, RequestFactory
from django.utils.translation import override

from core import pages
from core.api import answer_refusal
from core.errors import NotFound, TooManyTries
from core.middleware import LONGEST_QUERY
from devkit import programs
from tests.conftest import client_of
from tests.dashboard.people import browser_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def test_a_page_that_is_not_there_says_so_in_the_readers_language(shop):
    english = client_of(shop).get("/no/such/page", headers={"accept-language": "en"})
    json = client_of(shop).get("/no/such/page", headers={"accept": "application/json"})

    assert english.status_code == json.status_code == 404
    assert "There is nothing here that you may see." in english.content.decode()
    assert json.json()["error"]["code"] == "not_found"
    assert json.json()["error"]["request_id"] == json["X-Request-Id"]


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/no-such-thing"])
def test_a_call_of_the_api_goes_past_what_only_pages_need(shop, path):
    person = client_of(shop)
    person.get("/office/login/")

    call = person.get(path, headers={"accept-language": "en"})

    assert call.wsgi_request.path == path
    assert not hasattr(call.wsgi_request, "session")
    assert not call.cookies
    assert call["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert int(call["Content-Length"]) == len(call.content)
    assert call["Content-Language"] == "en"


def test_a_form_without_its_token_is_refused_with_a_way_on(shop):
    browser = Client(headers={"host": "cloud.localhost"}, enforce_csrf_checks=True)

    answer = browser.post("/orders/find/", headers={"accept-language": "en"})

    assert answer.status_code in {403, 404}
    assert "500" not in answer.content.decode()[:200]


@pytest.mark.parametrize("given", ["a" * 65, "x y", "short", "<script>"])
def test_a_request_id_from_outside_is_kept_only_if_harmless(shop, given):
    answer = client_of(shop).get("/healthz", headers={"x-request-id": given})

    assert answer.headers.get("X-Request-Id") != given


@pytest.mark.parametrize("path", ["/p/%00/", "/o/%00/", "/sandbox/pay/%00/", "/media/%00"])
def test_an_address_with_a_nul_is_not_found(shop, path):
    answer = client_of(shop).get(path)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["/?q=%00", "/office/login/?next=a%00b", "/api/v1/events?type=%00"]
)
def test_a_nul_behind_the_question_mark_is_refused(shop, path):
    answer = client_of(shop).get(path, headers={"accept-language": "en"})

    assert answer.status_code == 400
    assert "There is a character in this address that no text has." in answer.content.decode()


BAD_HOSTS = ["x@cloud.localhost", "cloud.localhost:18810@x", "[::1", "a, b", "\xff", ""]


@pytest.mark.parametrize("host", BAD_HOSTS)
@pytest.mark.parametrize("path", ["/", "/api/v1/balance", "/door/x/goofish/goods/list"])
def test_a_host_that_is_none_is_refused_in_words(path, host):
    answer = Client(headers={"host": host, "accept-language": "en"}).get(path)

    assert answer.status_code == 400
    assert "The request could not be read." in answer.content.decode()


STRANGE = ['"\\000abcdefghij"', '"\\303\\050abcdefghij"', "ABCDEFGHIJ", "a" * 41]


@pytest.mark.parametrize("path", ["/", "/office/", "/orders/", "/developers/"])
@pytest.mark.parametrize("key", STRANGE)
def test_a_session_that_cannot_be_ours_is_none(shop, path, key):
    answer = client_of(shop).get(path, headers={"cookie": f"qy_session={key}"})

    assert answer.status_code in {200, 302}


def test_a_form_reloaded_as_a_page_is_told_so_in_words(shop):
    answer = client_of(shop).get("/orders/forget/", headers={"accept-language": "en"})

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "The request could not be read. Go back, reload the page" in answer.content.decode()


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (pages.bad_request, "Check its host, its address and what it sends."),
        (
            lambda request: pages.wrong_method(request, HttpResponseNotAllowed(["GET"])),
            "This address does not know the method.",
        ),
    ],
)
def test_a_program_is_not_told_to_reload_a_page(page, message):
    with override("en"):
        answer = page(RequestFactory().get("/", headers={"accept": "application/json"}))

    error = json.loads(answer.content)["error"]
    assert error["code"] == "request_unreadable"
    assert error["message"].endswith(message)


@pytest.mark.parametrize(
    ("page", "status"), [("bad_request", 400), ("broken", 500), ("database_away", 503)]
)
def test_a_page_shows_the_status_it_is_sent_with(page, status):
    answer = getattr(pages, page)(RequestFactory().get("/"))

    assert answer.status_code == status
    assert f'aria-hidden="true">{status}</p>' in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "home", "words"),
    [
        ("/", "/", "To the home page"),
        ("/p/X/", "/", "To the home page"),
        ("/office/orders/1/", "/office/", "To the back office"),
    ],
)
def test_a_refusal_leads_back_to_the_part_of_the_house_it_was_met_in(path, home, words):
    request = RequestFactory().get(path)
    request.shop = "a shop"

    with override("en"):
        page = pages.refused(request, NotFound()).content.decode()

    assert f'<a class="btn" href="{home}">{words}</a>' in page
    assert ("/theme.css" in page) == (home == "/")


def test_core_knows_no_page_of_the_house():
    """Where refusals lead is told by who wires the house (config.wiring)."""
    words = ("office", "theme.css", "icon.svg")

    assert [word for word in words if word in Path(pages.__file__).read_text()] == []


def test_too_many_tries_say_when_to_come_back_in_every_form():
    request, refusal = RequestFactory().get("/"), TooManyTries("Slowly.", wait_seconds=120)

    answers = [pages.refused(request, refusal), answer_refusal(refusal, {"request": request})]

    assert [(one.status_code, one["Retry-After"]) for one in answers] == [(429, "120")] * 2


@pytest.mark.parametrize("path", ["/search/", "/office/login/", "/"])
def test_an_address_that_is_too_long_is_told_so_in_words(shop, path):
    browser = client_of(shop)
    query = "q=" + "a" * LONGEST_QUERY

    answer = browser.get(f"{path}?{query}", headers={"accept-language": "en"})

    assert answer.status_code == 414
    assert "This address is too long" in answer.content.decode()
    assert browser.get(f"{path}?{query[:-2]}").status_code == 200


def test_the_web_server_lets_through_what_our_own_page_answers():
    web = programs.commands("8000")["web"]

    line = int(web[web.index("--limit-request-line") + 1])

    assert line == 8190
    assert line > LONGEST_QUERY + 1_000


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("why", [OperationalError, InterfaceError])
def test_while_sessions_cannot_be_read_staff_are_told_to_come_back(shop, monkeypatch, why):
    browser = browser_of(shop, "owner")
    browser.raise_request_exception = False

    def away(_store):
        raise why

    monkeypatch.setattr(SessionStore, "load", away)

    answer = browser.get("/office/imports/", headers={"accept-language": "en"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert "We are back in a moment" in answer.content.decode()


def test_a_process_answers_with_the_templates_it_was_started_with():
    """Files that change under a running process are the next one's."""
    importlib.import_module("config.wsgi")
    loader = engines["django"].engine.template_loaders[0]

    # A page that extends its namesake is kept beside it, under its name and a digest.
    known = {re.sub("-[0-9a-f]{40}$", "", name) for name in loader.get_template_cache}

    ours = {str(page.relative_to(TEMPLATES)) for page in TEMPLATES.rglob("*.html")}
    assert ours - known == set()


def test_a_process_has_its_addresses_before_anybody_asks():
    """Else the first who asks each new process waits for all views to be read."""
    said = (
        "import config.wsgi, sys; print({'dashboard.urls', 'dashboard.urls_ops'} <= {*sys.modules})"
    )

    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True)

    assert done.stdout.split()[-1] == b"True"

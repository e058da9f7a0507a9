"""The developers' portal: whole in both languages, and what it shows works."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from standardwebhooks import Webhook

from api.described.advice import ADVICE
from api.described.document import document
from api.described.pages import PAGES
from api.described.samples import FILES, HOST, ROOT
from channels.models import PartnerOrder
from core.errors import AppError
from core.scope import tenant_atomic
from tenants.models import Domain
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
LANGUAGES = ("en", "zh-CN")
SECRET, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"type":"order.completed"}'


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

    assert {error.code for error in own} - named == set()


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


# What is shown is run: against a server of ours, at its own address.


@pytest.fixture
def running(shop, keyed, live_server):
    """The shop at the live server's own host; the samples with its key and a SKU in them."""
    with tenant_atomic():
        sku = stocked_sku(2)
        Domain.objects.create(host="localhost", merchant=shop)

    def filled(name, folder):
        text = (ROOT / name).read_text()
        given = {HOST: live_server.url, "qy_test_YOUR_KEY": keyed.key, "YOUR_SKU": sku.ref}
        for old, new in given.items():
            text = text.replace(old, new)
        (Path(folder) / name).write_text(text)
        return str(Path(folder) / name)

    return filled


def run(*command):
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ordered():
    with tenant_atomic():
        return list(PartnerOrder.objects.values_list("partner_order_no", flat=True))


def test_the_first_order_by_curl(running, tmp_path):
    told = json.loads(run("sh", running("first_order.sh", tmp_path)))

    assert told["state"] == "completed"
    assert told["units"][0]["code"].startswith("SECRET-")
    assert ordered() == ["P-1001"]


def test_the_first_order_by_python(running, tmp_path):
    told = run(sys.executable, running("first_order.py", tmp_path))

    assert "completed\ndelivered SECRET-" in told
    assert run(sys.executable, running("all_orders.py", tmp_path)).endswith("P-1001 completed\n")


def test_the_catalogue_by_curl(running, tmp_path):
    told = json.loads(run("sh", running("list_products.sh", tmp_path)))

    assert told["data"][0]["available"] is True


JAVA = shutil.which("java")


def test_the_first_order_by_java(running, tmp_path):
    """Where the machine has Java; elsewhere the file is only shown."""
    if JAVA is None:
        return
    told = run(JAVA, running("FirstOrder.java", tmp_path))

    assert told.startswith("201\n")
    assert ordered() == ["P-1001"]


def signed(*, body=BODY, secret=SECRET):
    at = datetime.now(UTC)
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("evt_1", at, body),
    }


def test_a_webhook_is_verified_by_the_lines_for_python():
    lines: dict = {}
    exec((ROOT / "verify_webhook.py").read_text(), lines)  # noqa: S102 -- our own sample

    assert lines["verified"](SECRET, signed(), BODY.encode()) == {"type": "order.completed"}
    assert lines["verified"](SECRET, signed(body="{}"), BODY.encode()) is None
    for garbage in ("garbage", "", "v1,", "v1,%%"):
        forged = signed() | {"webhook-signature": garbage}
        assert lines["verified"](SECRET, forged, BODY.encode()) is None


@pytest.mark.parametrize(("body", "verdict"), [(BODY, "true"), ("{}", "false")])
def test_a_webhook_is_verified_by_the_lines_for_java(body, verdict):
    if JAVA is None:
        return
    given = signed(body=body)
    told = run(JAVA, str(ROOT / "VerifyWebhook.java"), SECRET, *given.values(), BODY)

    assert told == f"{verdict}\n"


def test_every_sample_is_a_file_and_every_file_is_shown():
    assert {name for names in FILES.values() for name in names} == {
        path.name for path in ROOT.iterdir() if path.is_file()
    }

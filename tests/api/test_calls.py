"""The request log: what was called and answered, found by staff, without a secret."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from api import calls
from api.described.document import document
from channels import services as channels
from channels.hiding import FIELDS
from channels.models import ApiCall
from core.scope import tenant_atomic
from tenants.models import Merchant
from tenants.roles import Role
from tenants.selectors import shop_address
from tests.api.callers import ORDERS, PRODUCTS, Caller
from tests.catalog.factories import make_template
from tests.channels.sandboxes import open_twin
from tests.conftest import as_tenant
from tests.dashboard.people import browser_of
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def _nothing_waits():
    calls._waiting.clear()
    yield
    calls._waiting.clear()


def written():
    calls.write_all()
    with tenant_atomic():
        return list(ApiCall.objects.order_by("pk"))


def test_a_call_is_written_with_its_answer_and_without_codes_or_accounts(caller, keyed, shop):
    with tenant_atomic():
        sku = stocked_sku(1, buyer_template=make_template())
    order = caller.order(sku, buyer={"phone": "13800138000"})
    secret = order["units"][0]["code"]

    (row,) = written()

    assert (row.method, row.path, row.status) == ("POST", "/api/v1/orders", 201)
    assert row.request_id == caller.headers["X-Request-Id"]
    assert (row.partner_id, row.ip) == (keyed.partner.pk, "127.0.0.1")
    assert json.loads(row.body)["buyer"] == "•••"
    assert json.loads(row.answer)["units"][0]["code"] == "•••"
    assert json.loads(row.answer)["ref"] == order["ref"]
    kept = row.body + row.answer
    assert secret not in kept
    assert "13800138000" not in kept


CANARY, KEY = "LK-7H2K-9QWX-3M4N", "qy_live_abcdefgh12345678_SecretSecretSecretSecret"


@pytest.mark.parametrize(
    "wrong",
    [
        {"buyers": {"phone": "13800138000"}},
        {"buyer_info": "13800138000"},
        {"buyer": [{"phone": "13800138000"}]},
        {"orders": [{"phone": "13800138000"}]},
        {"sku": KEY},
        {CANARY: 1},
        {"text": f"{CANARY} does not work"},
    ],
)
def test_what_a_program_sends_under_another_name_is_not_written(caller, shop, wrong):
    caller.post(ORDERS, {"sku": "NONE", "partner_order_no": "N1"} | wrong)

    (row,) = written()

    assert json.loads(row.body)["partner_order_no"] == "N1"
    for secret in ("13800138000", CANARY, KEY):
        assert secret not in row.body


def test_what_stands_in_an_address_is_written_where_it_is_harmless(caller, shop):
    query = f"limit=2&state=completed&token={KEY}&code={CANARY}&{CANARY}&type={KEY}"

    caller.get(f"/api/v1/events?{query}")

    (row,) = written()
    assert row.path == (
        "/api/v1/events?limit=2&state=completed&token=•••&code=•••&••••=•••&type=qy_live_%E2%80%A2%E2%80%A2%E2%80%A2"
    )


def test_every_field_that_is_known_to_be_harmless_or_not_is_one_of_the_api_s():
    inputs = [
        name for name in document(language="en")["components"]["schemas"] if name.endswith("Input")
    ]
    shapes = document(language="en")["components"]["schemas"]

    sent = {field for name in inputs for field in shapes[name].get("properties", {})}

    assert sent == FIELDS


def test_a_refusal_is_written_with_its_code(caller, shop):
    caller.order("NONE")
    caller.get(f"{PRODUCTS}?limit=0")

    refused, wrong = written()

    assert (refused.status, json.loads(refused.answer)["error"]["code"]) == (404, "not_for_sale")
    assert (wrong.status, wrong.path) == (422, "/api/v1/products?limit=0")


def test_who_is_not_known_is_not_written(shop):
    Caller("qy_live_nobody").get(PRODUCTS)

    assert written() == []


@pytest.mark.parametrize("odd", [{"partner_id": 0}, {"path": "/\0"}])
def test_what_cannot_be_written_costs_the_log_and_no_call(caller, shop, odd):
    caller.get(PRODUCTS)
    tenant, seen = calls._waiting.pop()
    calls._waiting.append((tenant, replace(seen, **odd)))

    assert calls.write_all() == 1
    assert written() == []


def test_after_thirty_days_a_call_is_forgotten(caller, shop):
    caller.get(PRODUCTS)
    written()

    assert channels.forget_old_calls(timezone.now() + timedelta(days=29)) == 0
    assert channels.forget_old_calls(timezone.now() + timedelta(days=31)) == 1


@pytest.fixture
def log(caller, keyed):
    """Three calls, and the address of their list."""
    caller.get(PRODUCTS)
    caller.get("/api/v1/balance")
    caller.order("NONE")
    written()
    return f"/office/partners/{keyed.partner.ref}/calls/"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["POST /api/v1/orders", "GET /api/v1/balance", "GET /api/v1/products"]),
        ("?q=/api/v1/b", ["GET /api/v1/balance"]),
        ("?status=4", ["POST /api/v1/orders"]),
        ("?status=200", ["GET /api/v1/balance", "GET /api/v1/products"]),
        ("?q=nothing", []),
    ],
)
def test_staff_finds_a_call(shop, log, query, found):
    text = browser_of(shop, Role.OPERATOR).get(log + query).content.decode()

    assert [line for line in (one.partition("</a>")[0] for one in text.split('">')[1:])
            if line.startswith(("GET /", "POST /"))] == found  # fmt: skip


def test_staff_finds_a_call_by_its_request_id_and_copies_it(shop, caller, log):
    browser = browser_of(shop, Role.OPERATOR)
    with tenant_atomic():
        row = ApiCall.objects.get(method="POST")

    assert "POST /api/v1/orders" in browser.get(f"{log}?q={row.request_id}").content.decode()
    page = browser.get(f"{log}{row.pk}/").content.decode()
    with tenant_atomic():
        address = shop_address(path="/api/v1/orders")
    assert f"curl -sS {address} -X POST" in page
    assert "&quot;NONE&quot;" in page


def test_a_call_in_the_sandbox_is_copied_with_the_address_that_the_partner_calls(shop):
    twin = open_twin()
    with tenant_atomic():
        address = shop_address(path="/api/v1/balance")
    twin.caller.get("/api/v1/balance")
    with as_tenant(twin.pk):
        written()
    with twin.scope():
        path = f"/office/partners/{twin.partner.ref}/calls/{ApiCall.objects.get().pk}/"

    with as_tenant(twin.pk):
        inside = Merchant.objects.get(pk=twin.pk)
        page = browser_of(inside, Role.OPERATOR).get(path).content.decode()

    assert f"curl -sS {address} -H" in page


def test_another_shops_staff_finds_nothing(other_shop, log):
    with as_tenant(other_shop.pk):
        answer = browser_of(other_shop, Role.OWNER).get(log)

    assert answer.status_code == 404

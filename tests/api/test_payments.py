"""A partner pays into its balance online: by the API asked for, on a page of the shop paid."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from channels import services as channels
from channels.models import PaymentIn
from channels.selectors.payments_in import Limits
from channels.services.paying_in import MOST_UNPAID, PAYABLE
from channels.states import KeyScope
from channels.types import KeyTerms
from core.scope import step_over, tenant_atomic
from payments.models import Payment
from payments.selectors import balance_of
from tests.api.callers import Caller
from tests.channels.factories import RICH, WANG, make_keyed
from tests.channels.sandboxes import open_twin
from tests.payments.factories import posting

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
QUERIES = 6
PAYMENTS = "/api/v1/balance/payments"
ASKED = {"amount": "250.0000", "reference": "NOV", "return_url": "https://a.example/paid"}


def count() -> int:
    with tenant_atomic():
        return PaymentIn.objects.count()


def pay(told, *, host="cloud.localhost") -> None:
    """A person opens the page, and the provider tells that he has paid."""
    browser, path = Client(headers={"host": host}), "/" + told["pay_url"].split("/", 3)[3]
    assert browser.get(path).status_code == 200
    with tenant_atomic():
        payment = Payment.objects.get()
    body, headers = posting(payment, now=timezone.now())
    answer = browser.post("/pay/notice/sandbox/", body, "application/json", headers=headers)
    assert answer.content == b"success"


def test_a_payment_is_asked_for_paid_on_its_page_and_on_the_balance(caller):
    told = caller.post(PAYMENTS, ASKED)

    assert caller.status == 201
    assert (told["object"], told["state"], told["amount"]) == ("payment", "open", "250.0000")
    assert (told["reference"], told["paid_at"], told["entry"]) == ("NOV", None, None)
    assert caller.get("/api/v1/balance")["balance"] == "1000.0000"

    pay(told)

    after = caller.get(f"{PAYMENTS}/{told['ref']}")
    assert (after["state"], after["pay_url"]) == ("paid", None)
    assert caller.get("/api/v1/balance")["balance"] == "1250.0000"
    entry = caller.get("/api/v1/balance/entries")["data"][0]
    assert (entry["ref"], entry["kind"], entry["amount"]) == (
        after["entry"], "payment_in", "250.0000",
    )  # fmt: skip
    assert (entry["order"], entry["payment"]) == (None, told["ref"])


def test_the_same_key_is_the_same_page_and_another_request_under_it_is_refused(caller):
    first = caller.post(PAYMENTS, ASKED, idempotency_key="K1")
    raw = caller.raw

    again = caller.post(PAYMENTS, ASKED, idempotency_key="K1")

    assert (again, caller.raw, caller.status) == (first, raw, 201)
    assert caller.headers["Idempotent-Replayed"] == "true"
    refusal = caller.post(PAYMENTS, ASKED | {"amount": "251.0000"}, idempotency_key="K1")
    assert (caller.status, refusal["error"]["code"]) == (422, "idempotency_key_reused")
    assert count() == 1


def test_without_a_key_two_calls_are_two_pages(caller):
    refs = {caller.post(PAYMENTS, ASKED)["ref"] for _time in range(2)}

    told = caller.get(f"{PAYMENTS}?limit=1")

    assert {told["data"][0]["ref"]} < refs
    assert told["has_more"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "amount"),
        ({"amount": 250}, "amount"),
        ({"amount": "250.0050"}, "amount"),
        ({"amount": "0.5000"}, "amount"),
        ({"amount": "500000.0100"}, "amount"),
        ({"amount": "250.0000", "return_url": "javascript:alert(1)"}, "return_url"),
        ({"amount": "250.0000", "return_url": 7}, "return_url"),
        ({"amount": "250.0000", "reference": "x" * 81}, "reference"),
        ({"amount": "250.0000", "refernce": "x"}, "refernce"),
    ],
)
def test_a_wrong_request_is_told_which_field_and_nothing_is_made(caller, body, param):
    refusal = caller.post(PAYMENTS, body)

    assert (caller.status, refusal["error"]["param"]) == (422, param)
    assert count() == 0


@pytest.mark.parametrize("amount", ["1", "1.5", "9.8700", "99999.99", "500000.0000", "250.00"])
def test_what_is_described_as_payable_is_taken_and_nothing_else(caller, amount):
    wrong = ["0", "0.99", "1.001", "9.8750", "500000.01", "500001", "01", "1.00000", ""]

    assert re.fullmatch(PAYABLE, amount)
    told = caller.post(PAYMENTS, {"amount": amount})

    assert caller.status == 201, told
    for text in wrong:
        assert not re.fullmatch(PAYABLE, text)
        caller.post(PAYMENTS, {"amount": text})
        assert caller.status == 422


def test_a_refusal_is_no_answer_of_the_key(caller):
    for _time in range(MOST_UNPAID):
        caller.post(PAYMENTS, ASKED)

    refusal = caller.post(PAYMENTS, ASKED, idempotency_key="K1")

    assert (caller.status, refusal["error"]["code"]) == (409, "too_many_unpaid")
    with tenant_atomic():
        PaymentIn.objects.update(expires_at=timezone.now())
    caller.post(PAYMENTS, ASKED, idempotency_key="K1")
    assert caller.status == 201


@pytest.mark.parametrize(
    ("language", "said"), [("en", "¥50.00 of it are left"), ("zh", "今日还可充值 ¥50.00")]
)
def test_past_a_days_limit_it_is_told_what_is_left(caller, language, said):
    limits = Limits(least_e4=500_000, daily_e4=3_000_000)
    channels.set_pay_in_limits(limits=limits, by=WANG, now=timezone.now())
    caller.post(PAYMENTS, ASKED)

    refusal = caller.post(PAYMENTS, ASKED, accept_language=language)["error"]

    assert (caller.status, refusal["code"], refusal["param"]) == (
        409, "daily_payments_reached", "amount",
    )  # fmt: skip
    assert refusal["data"] == {"limit": "300.0000", "left": "50.0000"}
    assert said in refusal["message"]
    refusal = caller.post(PAYMENTS, {"amount": "49"})["error"]
    assert (refusal["code"], refusal["data"]["least"]) == ("invalid_input", "50.0000")
    caller.post(PAYMENTS, {"amount": "50"})
    assert (caller.status, count()) == (201, 2)


def test_who_may_only_read_the_balance_asks_for_no_payment(shop):
    with tenant_atomic():
        caller = Caller(make_keyed(key=KeyTerms(scopes=(KeyScope.BALANCE,))))

    refusal = caller.post(PAYMENTS, ASKED)

    assert (caller.status, refusal["error"]["data"]["scope"]) == (403, "balance:write")
    caller.get(PAYMENTS)
    assert caller.status == 200


def test_a_list_asks_the_database_as_often_for_three_as_for_one(caller, django_assert_num_queries):
    caller.post(PAYMENTS, ASKED)
    caller.get(PAYMENTS)  # what a process learns once
    with django_assert_num_queries(QUERIES):
        caller.get(PAYMENTS)

    for _time in range(2):
        caller.post(PAYMENTS, ASKED)

    with django_assert_num_queries(QUERIES):
        assert len(caller.get(PAYMENTS)["data"]) == 3


def test_with_a_test_key_the_page_is_the_sandboxs_and_play_money_is_on_its_balance(shop, settings):
    settings.SANDBOX_PAYMENTS = False  # as in production: the shop itself takes no play money
    twin = open_twin()
    before = twin.caller.get("/api/v1/balance")["balance"]

    told = twin.caller.post(PAYMENTS, ASKED)

    assert told["livemode"] is False
    assert told["pay_url"].startswith("http://cloud-test.localhost")
    with step_over(twin.pk):
        pay(told, host="cloud-test.localhost")
    after = twin.caller.get("/api/v1/balance")["balance"]
    assert Decimal(after) - Decimal(before) == 250
    with tenant_atomic():
        assert balance_of(account_id=twin.partner.account_id) == RICH

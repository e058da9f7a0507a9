"""The page where a partner's bookkeeper pays into the balance, and what notices of it bring."""

import pytest
from django.utils import timezone

from channels import services as channels
from channels.models import PaymentIn
from core.scope import tenant_atomic
from payments import services as payments
from payments.models import Notice, Payment, Refund, SandboxTrade
from payments.selectors import balance_of, odd_balances
from payments.services import registry
from storefront import services
from storefront.services import taking
from tests.channels.factories import WANG, make_partner
from tests.conftest import as_tenant, client_of, make_shop
from tests.payments.factories import posting
from tests.storefront.test_ways import WAYS

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
AMOUNT = 2_500_000


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(balance_e4=0, name="Xingtu Travel")


@pytest.fixture
def asked(partner):
    return channels.ask_payment(
        partner_id=partner.pk,
        amount_e4=AMOUNT,
        reference="NOV-7",
        return_url="https://books.example/paid",
        by=WANG,
        now=timezone.now(),
    )


@pytest.fixture
def client(shop):
    buyer = client_of(shop)
    buyer.cookies["qy_language"] = "en"
    return buyer


@pytest.fixture
def _two_ways(monkeypatch):
    known = registry._providers() | {"other": registry._sandbox}
    monkeypatch.setattr(registry, "_providers", lambda: known)
    monkeypatch.setattr(payments, "ways_to_pay", lambda: WAYS)


def path_of(asked, rest=""):
    return f"/balance/{asked.token}/{rest}"


def text_of(client, asked, **query) -> str:
    answer = client.get(path_of(asked), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def notify(client, payment, **lies):
    body, headers = posting(payment, now=timezone.now(), **lies)
    return client.post("/pay/notice/sandbox/", body, "application/json", headers=headers)


def begun() -> Payment:
    with tenant_atomic():
        return Payment.objects.latest("pk")


@tenant_atomic
def balance(partner) -> int:
    assert odd_balances() == []
    return balance_of(account_id=partner.account_id)


def test_the_page_says_who_pays_whom_how_much_and_how(client, asked):
    page = text_of(client, asked)

    for told in ("Xingtu Travel", "250.00", asked.ref, "NOV-7", "Sandbox QR payment"):
        assert told in page
    assert f'href="{begun().pay_url}"' in page
    assert client.get(path_of(asked, "live/")).json() == {"is_final": False, "is_payable": True}


def test_the_page_tells_no_other_site_and_no_cache_of_itself(client, asked):
    answer = client.get(path_of(asked))

    assert answer["Cache-Control"].startswith("no-store, private")
    assert answer["Referrer-Policy"] == "same-origin"


def test_two_tabs_are_one_payment(client, asked):
    text_of(client, asked)
    text_of(client, asked)

    with tenant_atomic():
        assert Payment.objects.count() == 1


def test_a_paid_page_says_so_and_leads_back_to_the_partner(client, partner, asked):
    text_of(client, asked)

    assert notify(client, begun()).content == b"success"

    page = text_of(client, asked)
    assert "Paid: it is on the balance" in page
    assert 'href="https://books.example/paid"' in page
    assert "Back to books.example" in page
    assert client.get(path_of(asked, "live/")).json()["is_payable"] is False
    assert balance(partner) == AMOUNT


@pytest.mark.parametrize(
    ("lies", "outcome"),
    [
        ({"amount_e4": AMOUNT - 100}, "wrong_amount"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"merchant_no": "SMOTHER"}, "other_merchant"),
        ({"out_trade_no": "P-unknown"}, "unknown_payment"),
        ({"trade_no": "SB-another"}, "second_trade"),
        ({"key": bytes(32)}, "forged"),
    ],
)
def test_a_notice_that_does_not_fit_moves_nothing_and_is_kept(
    client, partner, asked, lies, outcome
):
    text_of(client, asked)

    assert notify(client, begun(), **lies).content == b"fail"

    assert balance(partner) == 0
    with tenant_atomic():
        assert Notice.objects.get().outcome == outcome
        assert PaymentIn.objects.get().paid_at is None


def test_notices_that_repeat_themselves_book_it_once(client, partner, asked):
    text_of(client, asked)
    payment = begun()

    heard = [notify(client, payment, event_id=f"EV{n % 2}").content for n in range(4)]

    assert heard == [b"success"] * 4
    assert balance(partner) == AMOUNT


def test_an_expired_page_opens_no_payment_and_late_money_is_booked(client, partner, asked):
    text_of(client, asked)
    with tenant_atomic():
        PaymentIn.objects.update(expires_at=timezone.now())
        payments.close_payments_of(payable_id=-asked.pk, now=timezone.now())

    assert "This payment has expired" in text_of(client, asked)
    assert notify(client, begun()).content == b"success"

    assert balance(partner) == AMOUNT
    assert "Paid: it is on the balance" in text_of(client, asked)


def test_a_suspended_partners_page_opens_no_payment_and_begun_ones_are_booked(
    client, partner, asked
):
    text_of(client, asked)
    channels.suspend_partner(partner_id=partner.pk, reason="late", by=WANG, now=timezone.now())

    assert "This cannot be paid at the moment" in text_of(client, asked)
    assert notify(client, begun()).content == b"success"

    assert balance(partner) == AMOUNT


@pytest.mark.usefixtures("_two_ways")
def test_of_two_ways_that_were_both_paid_the_second_goes_back(client, partner, asked):
    """As for an order: what was asked for is paid once."""
    text_of(client, asked)
    first = begun()
    assert 'href="?way=other"' in text_of(client, asked)
    text_of(client, asked, way="other")
    second = begun()

    notify(client, first)
    with tenant_atomic():
        Payment.objects.filter(pk=second.pk).update(provider="sandbox")
    notify(client, second)

    assert first.pk != second.pk
    assert balance(partner) == AMOUNT
    with tenant_atomic():
        refund = Refund.objects.get()
        SandboxTrade.objects.filter(payment_number=second.number).update(paid_at=timezone.now())
    assert (refund.payment_id, refund.amount_e4, refund.reason) == (
        second.pk, AMOUNT, "paid_twice",
    )  # fmt: skip
    payments.push_refund(refund_id=refund.pk, now=timezone.now())
    assert balance(partner) == AMOUNT


def test_a_payment_nobody_told_of_is_asked_for_and_booked(client, partner, asked):
    text_of(client, asked)
    payment, now = begun(), timezone.now()
    with tenant_atomic():
        SandboxTrade.objects.filter(payment_number=payment.number).update(paid_at=now)
        Payment.objects.filter(pk=payment.pk).update(ask_at=now)

    services.ask_for_money(payment_id=payment.pk, now=now)

    assert balance(partner) == AMOUNT


def test_what_cannot_be_noted_is_not_taken_and_the_next_notice_brings_it(
    client, partner, asked, monkeypatch
):
    text_of(client, asked)
    payment = begun()
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(channels, "take_payment", lambda **_given: 1 / 0)
        assert notify(client, payment).status_code == 500
    assert balance(partner) == 0

    assert notify(client, payment).content == b"success"

    assert balance(partner) == AMOUNT


def test_a_hand_over_that_failed_while_another_notice_brought_the_money_pays_nothing_back(
    client, partner, asked, monkeypatch
):
    text_of(client, asked)
    payment, heard = begun(), []
    take = channels.take_payment

    def fail_once(**given):
        if not heard:
            heard.append("failed")
            raise RuntimeError
        return take(**given)

    def refuse(refused, *given, **named):
        monkeypatch.setattr(taking, "_pay_only", pay_only)
        assert notify(client, payment, event_id="EV-other").content == b"success"
        return pay_only(refused, *given, **named)

    pay_only = taking._pay_only
    monkeypatch.setattr(channels, "take_payment", fail_once)
    monkeypatch.setattr(taking, "_pay_only", refuse)

    assert notify(client, payment).content == b"success"

    assert balance(partner) == AMOUNT
    with tenant_atomic():
        assert not Refund.objects.exists()


def test_the_bank_leads_back_to_the_page(client, asked):
    text_of(client, asked)
    bank = begun().pay_url

    client.post(bank)

    assert f'href="{path_of(asked)}"' in client.get(bank).content.decode()


def test_another_shop_does_not_know_the_page(asked):
    star = make_shop("star")

    with as_tenant(star.pk):
        stranger = client_of(star)
        assert stranger.get(path_of(asked)).status_code == 404
        assert stranger.get(path_of(asked, "live/")).status_code == 404


def test_a_page_that_is_not_there_is_a_404_and_takes_no_post(client, asked):
    assert client.get("/balance/nosuch/").status_code == 404
    assert client.post(path_of(asked)).status_code == 405

"""Money that a partner pays into its balance online: what may be asked for, and what it becomes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from channels import services as channels
from channels.errors import DailyPaymentsReached, NoWayToPay, PartnerSuspended, TooManyUnpaid
from channels.events import BalanceCredited
from channels.models import PaymentIn, WebhookEvent
from channels.selectors import is_to_be_paid, month_figures, movements, payable_of
from channels.selectors.payments_in import Limits
from channels.services.paying_in import MOST_UNPAID, TIME_TO_PAY
from core.errors import InvalidInput
from core.models import OutboxRow
from core.outbox import event_name
from core.scope import tenant_atomic
from payments import services as payments
from payments.errors import BalanceTooLow
from payments.models import Payment
from payments.selectors import balance_of, entries_of, odd_balances
from tenants.models import AuditRow
from tests.channels.factories import WANG, make_endpoint, make_partner
from tests.channels.test_claims import BEN, matched
from tests.payments.factories import entries_of as lines_of
from tests.payments.factories import hear, posting
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(databases="__all__")
AMOUNT = 2_500_000  # ¥250.00


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(balance_e4=0)


def ask(partner, amount_e4=AMOUNT, *, now=MORNING, **more):
    return channels.ask_payment(
        partner_id=partner.pk, amount_e4=amount_e4, by=WANG, now=now, **more
    )


def begun(asked, *, now=MORNING) -> Payment:
    payable = payable_of(asked=asked, title="Balance")
    return payments.start(payable=payable, provider="sandbox", now=now)


def paid(asked, *, now=NOON) -> str:
    """The number of the payment; the money is noted as a face notes it."""
    payment = begun(asked, now=now)
    captured = hear(posting(payment, now=now), now=now)
    assert captured.is_into_balance
    channels.take_payment(payable_id=captured.payable_id, number=payment.number, by=WANG, now=now)
    return payment.number


@tenant_atomic
def balance(partner) -> int:
    return balance_of(account_id=partner.account_id)


def test_what_is_asked_for_is_on_a_page_and_not_on_the_balance(partner):
    asked = ask(partner, reference=" NOV ", return_url="https://a.example/paid?n=1")

    assert (asked.reference, asked.return_url) == ("NOV", "https://a.example/paid?n=1")
    assert asked.expires_at == MORNING + TIME_TO_PAY
    assert balance(partner) == 0
    with tenant_atomic():
        row = AuditRow.objects.get(action="payment_in.asked")
        assert (row.target, row.data["amount_e4"]) == (partner.ref, AMOUNT)


@pytest.mark.parametrize("amount_e4", [-AMOUNT, 0, 9_900, 2_500_050, 5_000_000_100])
def test_an_amount_that_cannot_be_paid_is_refused_at_its_field(partner, amount_e4):
    with pytest.raises(InvalidInput) as refusal:
        ask(partner, amount_e4)

    assert refusal.value.param == "amount"
    with tenant_atomic():
        assert not PaymentIn.objects.exists()


def limit(**amounts):
    channels.set_pay_in_limits(limits=Limits(**amounts), by=WANG, now=MORNING)


@pytest.mark.parametrize("amount_e4", [99_900, 3_000_100])
def test_the_shops_own_limits_are_told_with_the_refusal(partner, amount_e4):
    limit(least_e4=100_000, most_e4=3_000_000)

    with pytest.raises(InvalidInput) as refusal:
        ask(partner, amount_e4)

    assert refusal.value.param == "amount"
    assert refusal.value.data == {"least": "10.0000", "most": "300.0000"}
    assert ask(partner, 100_000).amount_e4 + ask(partner, 3_000_000).amount_e4 == 3_100_000


def test_a_days_limit_counts_what_is_paid_and_what_waits(partner):
    limit(daily_e4=2 * AMOUNT)
    paid(ask(partner, now=NOON), now=NOON)
    waits = ask(partner, AMOUNT - 10_000, now=NOON)

    with pytest.raises(DailyPaymentsReached) as refusal:
        ask(partner, 20_000, now=NOON)

    assert (refusal.value.param, refusal.value.data) == (
        "amount",
        {"limit": "500.0000", "left": "1.0000"},
    )
    assert ask(partner, 10_000, now=NOON).paid_at is None
    assert waits.paid_at is None


def test_a_days_limit_is_new_on_the_next_day_and_of_what_has_expired(partner):
    limit(daily_e4=AMOUNT)
    ask(partner, now=NOON)

    later = ask(partner, now=NOON + TIME_TO_PAY)

    assert later.amount_e4 == AMOUNT


def test_a_days_limit_is_each_partners_own(partner):
    limit(daily_e4=AMOUNT)
    ask(partner)
    with tenant_atomic():
        other = make_partner(name="Other", balance_e4=0)

    assert ask(other).partner == other


@pytest.mark.parametrize(
    ("amounts", "param"),
    [
        ({"least_e4": 9_900}, "least_e4"),
        ({"most_e4": 5_000_000_100}, "most_e4"),
        ({"least_e4": 20_000, "most_e4": 10_000}, "most_e4"),
        ({"least_e4": 20_000, "daily_e4": 10_000}, "daily_e4"),
    ],
)
def test_limits_that_nobody_could_keep_are_refused(partner, amounts, param):
    with pytest.raises(InvalidInput) as refusal:
        limit(**amounts)

    assert refusal.value.param == param
    assert ask(partner).amount_e4 == AMOUNT


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("reference", "x" * 81),
        ("reference", "a\0b"),
        ("return_url", "javascript:alert(1)"),
        ("return_url", "http://a.example/"),
        ("return_url", "https://127.0.0.1/"),
        ("return_url", "https://user:pass@a.example/"),
        ("return_url", "https://a.example/" + "x" * 500),
    ],
)
def test_words_and_addresses_that_do_not_fit_are_refused_at_their_field(partner, field, text):
    with pytest.raises(InvalidInput) as refusal:
        ask(partner, **{field: text})

    assert refusal.value.param == field


def test_a_suspended_partner_asks_for_nothing_and_pays_nothing(partner):
    asked = ask(partner)
    channels.suspend_partner(partner_id=partner.pk, reason="late", by=WANG, now=MORNING)

    with pytest.raises(PartnerSuspended):
        ask(partner)

    with tenant_atomic():
        asked.partner.refresh_from_db()
    assert not is_to_be_paid(asked=asked, now=MORNING)


def test_a_shop_without_a_provider_takes_no_online_payment(partner, settings):
    settings.SANDBOX_PAYMENTS = False

    with pytest.raises(NoWayToPay):
        ask(partner)


def test_so_many_wait_to_be_paid_and_no_more_until_they_expire(partner):
    for _time in range(MOST_UNPAID):
        ask(partner)

    with pytest.raises(TooManyUnpaid):
        ask(partner)

    assert ask(partner, now=MORNING + TIME_TO_PAY).ref


def test_money_that_came_is_the_partners_and_no_revenue(partner):
    asked = ask(partner)

    number = paid(asked)

    assert balance(partner) == AMOUNT
    with tenant_atomic():
        assert lines_of(f"capture:{number}") == {"provider": -AMOUNT, "partner": AMOUNT}
        assert odd_balances() == []
        asked.refresh_from_db()
        assert (asked.paid_at, asked.number) == (NOON, number)
        assert AuditRow.objects.get(action="payment_in.paid").target == partner.ref


def test_money_that_comes_after_the_page_has_expired_is_the_partners_all_the_same(partner):
    asked, late = ask(partner), MORNING + TIME_TO_PAY + timedelta(hours=1)
    payment = begun(asked)
    with tenant_atomic():
        payments.close_payment(payment_id=payment.pk, now=late)
    assert asked.state_at(late) == "expired"

    hear(posting(payment, now=late), now=late)

    assert balance(partner) == AMOUNT


def test_a_second_payment_says_so_and_changes_nothing(partner):
    asked = ask(partner)
    number = paid(asked)

    given = {"payable_id": -asked.pk, "by": WANG, "now": NOON}

    assert not channels.take_payment(number="P-other", **given)
    assert channels.take_payment(number=number, **given)

    with tenant_atomic():
        asked.refresh_from_db()
    assert asked.number == number


def test_what_is_paid_back_leaves_the_balance_and_never_more_than_is_there(partner):
    number = paid(ask(partner))
    with tenant_atomic():
        payment = Payment.objects.get(number=number)
    given = {"payment_id": payment.pk, "reason": "asked", "by": WANG, "now": NOON}

    payments.refund(amount_e4=1_000_000, number="R1", **given)

    assert balance(partner) == AMOUNT - 1_000_000
    with tenant_atomic():
        payments.correct_balance(
            account_id=partner.account_id, amount_e4=-1_000_000, ref="c", by=WANG, now=NOON
        )
    with pytest.raises(BalanceTooLow), tenant_atomic():
        payments.refund(amount_e4=1_000_000, number="R2", **given)
    assert balance(partner) == 500_000


def test_a_balances_payment_is_never_taken_for_an_orders(partner):
    payment = begun(ask(partner))

    with pytest.raises(IntegrityError), tenant_atomic():
        Payment.objects.filter(pk=payment.pk).update(payable_id=1)
    with pytest.raises(IntegrityError), tenant_atomic():
        Payment.objects.filter(pk=payment.pk).update(into=None)


def test_the_statement_names_the_payment_and_no_order(partner):
    asked = ask(partner)
    paid(asked)

    with tenant_atomic():
        entries = list(entries_of(account_id=partner.account_id))
        (line,) = movements(partner=partner, entries=entries, before_e4=0)
        sums = month_figures(partner=partner, month=NOON.date()).sums

    assert (line.kind, line.ref, line.order) == ("payment_in", asked.ref, "")
    assert [(one.kind, one.amount_e4) for one in sums] == [("payment_in", AMOUNT)]


def credited() -> list[BalanceCredited]:
    with tenant_atomic():
        rows = OutboxRow.objects.filter(event=event_name(BalanceCredited))
        return [BalanceCredited(**row.payload) for row in rows]


def test_partners_hear_of_an_online_payment_once(partner):
    make_endpoint(partner, "https://a.example/")
    asked = ask(partner, reference="NOV")
    number = paid(asked)
    (event,) = credited()

    for _time in range(2):
        channels.tell_of_credit(partner_id=event.partner_id, entry_ref=event.entry_ref, now=NOON)

    with tenant_atomic():
        told = WebhookEvent.objects.get(kind="balance.credited").data
    assert told == {
        "object": "balance",
        "entry": f"capture:{number}",
        "kind": "payment_in",
        "amount": "250.0000",
        "currency": "CNY",
        "payment": asked.ref,
        "reference": "NOV",
        "booked_at": "2026-11-22T04:00:00.000Z",
    }


def test_partners_hear_of_a_transfer_that_was_booked(partner):
    make_endpoint(partner, "https://a.example/")
    claim = matched(partner)
    channels.confirm_claim(claim_id=claim.pk, by=BEN, now=NOON)
    (event,) = credited()

    channels.tell_of_credit(partner_id=event.partner_id, entry_ref=event.entry_ref, now=NOON)

    with tenant_atomic():
        told = WebhookEvent.objects.get(kind="balance.credited").data
    assert (told["kind"], told["amount"], told["payment"]) == ("top_up", "500.0000", None)

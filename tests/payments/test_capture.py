"""The gate of paying: everything is compared before anything moves, and it moves once."""

from datetime import timedelta

import pytest

from payments import services
from payments.errors import NoticeRefused, PaidAlready, ProviderUnknown
from payments.models import Journal, Notice
from payments.states import Outcome, PaymentState
from tests.payments.factories import (
    PRICE,
    entries_of,
    hear,
    make_paid,
    make_payable,
    make_payment,
    posting,
)
from tests.times import NEXT_DAY, NOON


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def test_starting_to_pay_opens_a_trade_at_the_provider():
    payable = make_payable()

    payment = services.start(payable=payable, provider="sandbox", now=NOON)

    assert payment.state == PaymentState.PENDING
    assert payment.amount_e4 == PRICE
    assert payment.pay_url.startswith("/sandbox/pay/")
    assert [move.new for move in payment.moves.order_by("pk")] == ["created", "pending"]


def test_two_tabs_pay_the_same_payment():
    payable = make_payable()

    one = services.start(payable=payable, provider="sandbox", now=NOON)
    other = services.start(payable=payable, provider="sandbox", now=NOON)

    assert one.pk == other.pk


def test_what_is_paid_is_not_paid_again():
    payment = make_paid()
    payable = make_payable(id=payment.payable_id)

    with pytest.raises(PaidAlready):
        services.start(payable=payable, provider="sandbox", now=NOON)


def test_a_provider_that_is_off_does_not_exist(settings):
    settings.SANDBOX_PAYMENTS = False

    with pytest.raises(ProviderUnknown):
        make_payment()

    assert services.ways_to_pay() == []


def test_a_notice_captures_its_payment():
    payment = make_payment()

    captured = hear(posting(payment))

    payment.refresh_from_db()
    assert captured.is_first
    assert captured.payable_id == payment.payable_id
    assert payment.state == PaymentState.CAPTURED
    assert payment.paid_at == NOON
    assert entries_of(f"capture:{payment.number}") == {"provider": -PRICE, "revenue": PRICE}
    assert Notice.objects.get().outcome == Outcome.CAPTURED


def test_a_capture_costs_five_statements(django_assert_num_queries, unprepared):
    make_paid()  # opens the accounts
    payment = make_payment()
    body, headers = posting(payment)
    notice = services.read_notice(provider="sandbox", body=body, headers=headers)

    # savepoint and its release; read; accounts; move, history, notice, journal and entries
    with django_assert_num_queries(5):
        services.capture(notice=notice, now=NOON)


def test_a_repeated_notice_is_heard_and_changes_nothing():
    payment = make_payment()
    hear(posting(payment))

    again = [hear(posting(payment)) for _time in range(4)]

    assert [captured.is_first for captured in again] == [False] * 4
    assert Journal.objects.count() == 1
    assert Notice.objects.get().times == 5


def test_a_true_repeat_is_heard_even_a_day_later():
    payment = make_payment()
    wire = posting(payment)
    hear(wire)

    captured = hear(wire, now=NEXT_DAY)

    assert not captured.is_first


def test_an_old_notice_that_nobody_has_seen_is_refused():
    payment = make_payment()
    wire = posting(payment)

    assert refusal_of(wire, now=NOON + timedelta(minutes=6)) == Outcome.STALE
    assert_untouched(payment)


def test_late_money_is_taken_by_a_closed_payment():
    payment = make_payment()
    services.close_payment(payment_id=payment.pk, now=NOON)

    captured = hear(posting(payment))

    payment.refresh_from_db()
    assert captured.is_first
    assert payment.state == PaymentState.CAPTURED
    assert payment.moves.latest("pk").reason == "late_money_closed"


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"amount_e4": PRICE - 100}, Outcome.WRONG_AMOUNT),
        ({"amount_e4": PRICE + 100}, Outcome.WRONG_AMOUNT),
        ({"currency": "USD"}, Outcome.WRONG_CURRENCY),
        ({"merchant_no": "SM0000000000000000"}, Outcome.OTHER_MERCHANT),
        ({"out_trade_no": "P26112200000000000000"}, Outcome.UNKNOWN_PAYMENT),
        ({"trade_no": "SB0000000000000000"}, Outcome.SECOND_TRADE),
        ({"trade_status": "WAIT_BUYER_PAY"}, Outcome.NOT_PAID),
        ({"amount_e4": str(PRICE)}, Outcome.UNREADABLE),
        ({"amount_e4": None}, Outcome.UNREADABLE),
        ({"amount_e4": float(PRICE)}, Outcome.UNREADABLE),
        ({"paid_at": 10**20}, Outcome.UNREADABLE),
        ({"event_id": "E" * 41}, Outcome.UNREADABLE),
        ({"event_id": "E\0"}, Outcome.UNREADABLE),
        ({"event_id": ""}, Outcome.UNREADABLE),
    ],
)
def test_a_signed_notice_that_is_wrong_moves_nothing(lie, reason):
    payment = make_payment()

    assert refusal_of(posting(payment, **lie)) == reason
    assert_untouched(payment)


def test_extra_fields_under_the_signature_do_no_harm():
    payment = make_payment()

    captured = hear(posting(payment, store_id="7", amount="0.01"))

    assert captured.is_first


def test_a_forged_notice_moves_nothing():
    payment = make_payment()

    assert refusal_of(posting(payment, key=bytes(32))) == Outcome.FORGED
    assert_untouched(payment)


def refusal_of(wire, *, now=NOON):
    with pytest.raises(NoticeRefused) as refusal:
        hear(wire, now=now)
    assert 400 <= refusal.value.status < 500
    return refusal.value.reason


def assert_untouched(payment):
    payment.refresh_from_db()
    assert payment.state == PaymentState.PENDING
    assert not Journal.objects.exists()
    assert not Notice.objects.exists()

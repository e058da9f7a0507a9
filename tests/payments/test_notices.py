"""A refused notice leaves a trace for the office, and nothing else."""

from contextvars import Context

import pytest

from core.scope import bind, tenant_atomic
from payments import services
from payments.errors import NoticeRefused
from payments.models import Notice
from payments.selectors import odd_notices
from payments.services import notices
from payments.services.sandbox_books import notice_key
from payments.states import Outcome, PaymentState
from tests.payments.factories import PRICE, ZHANG, hear, make_payment, posting
from tests.times import NEXT_DAY, NOON


def refuse(wire, *, now=NOON):
    """What a face does: the transaction is gone, then the refusal is kept."""
    with pytest.raises(NoticeRefused) as refusal:
        hear(wire, now=now)
    services.keep_refusal(provider="sandbox", body=wire[0], refusal=refusal.value, now=now)
    return refusal.value.reason


def odd():
    with tenant_atomic():
        return [(row.outcome, row.times) for row in odd_notices()]


def state_of(payment):
    with tenant_atomic():
        payment.refresh_from_db()
        return payment.state


def key_of(other_shop):
    def ask():
        with bind(other_shop.pk):
            return notice_key()

    return Context().run(ask)


def test_a_forged_notice_is_a_to_do_of_the_office(shop):
    payment = make_payment()

    refuse(posting(payment, key=bytes(32)))

    assert odd() == [(Outcome.FORGED, 1)]
    assert state_of(payment) == PaymentState.PENDING


def test_a_forger_does_not_take_the_name_of_a_true_event(shop):
    payment = make_payment()
    refuse(posting(payment, key=bytes(32)))

    captured = hear(posting(payment))

    assert captured.is_first


def test_a_signature_of_another_shop_is_forged_here(shop, other_shop):
    payment = make_payment()
    theirs = key_of(other_shop)

    reason = refuse(posting(payment, key=theirs))

    assert reason == Outcome.FORGED
    assert len(theirs) == 32
    assert state_of(payment) == PaymentState.PENDING


def test_a_wrong_amount_is_kept_with_its_payment(shop):
    payment = make_payment()

    refuse(posting(payment, amount_e4=PRICE - 100))

    with tenant_atomic():
        row = odd_notices().get()
    assert (row.outcome, row.payment_id) == (Outcome.WRONG_AMOUNT, payment.pk)


def test_the_same_event_told_rightly_later_still_pays(shop):
    payment = make_payment()
    refuse(posting(payment, amount_e4=PRICE - 100))

    captured = hear(posting(payment))

    assert captured.is_first


def test_the_same_wrong_notice_again_is_counted(shop):
    payment = make_payment()
    wire = posting(payment, amount_e4=PRICE - 100)

    refuse(wire)
    refuse(wire)

    assert odd() == [(Outcome.WRONG_AMOUNT, 2)]


def test_an_unpaid_notice_is_no_to_do(shop):
    payment = make_payment()

    refuse(posting(payment, trade_status="TRADE_CLOSED"))

    assert odd() == []


def test_an_old_replay_of_an_unknown_event_is_refused_and_kept(shop):
    payment = make_payment()

    refuse(posting(payment), now=NEXT_DAY)

    assert odd() == [(Outcome.STALE, 1)]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe\x00", "金额".encode("gb18030"), b"[]", b"null", b"{}", b"9" * 20_000],
)
def test_rubbish_is_refused_without_its_words(shop, body):
    reason = refuse((body, {"X-Sandbox-Signature": "ü", "X-Sandbox-Timestamp": "x"}))

    assert reason in {Outcome.FORGED, Outcome.UNREADABLE}
    assert len(odd()) == 1


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"null", b"{}", b'{"event_id": 1}', b"9"])
def test_signed_rubbish_is_unreadable(shop, body):
    from payments.adapters.sandbox import sign  # noqa: PLC0415 -- the test plays the provider

    stamp = str(int(NOON.timestamp()))
    headers = {"X-Sandbox-Signature": sign(notice_key(), stamp, body), "X-Sandbox-Timestamp": stamp}

    assert refuse((body, headers)) == Outcome.UNREADABLE


def test_a_flood_of_rubbish_fills_one_row(shop, monkeypatch):
    monkeypatch.setattr(notices, "MOST_UNSIGNED", 3)

    for number in range(6):
        refuse((f"rubbish {number}".encode(), {}))

    assert sorted(odd()) == [(Outcome.FORGED, 1)] * 3 + [(Outcome.FORGED, 3)]


def test_a_notice_that_was_looked_at_leaves_the_list(shop):
    refuse((b"rubbish", {}))
    with tenant_atomic():
        row = Notice.objects.get()

    services.handle_notice(notice_id=row.pk, by=ZHANG, reason="a test of ours", now=NOON)

    assert odd() == []


def test_nobody_speaks_for_a_balance(shop):
    with pytest.raises(NoticeRefused):
        services.read_notice(provider="balance", body=b"{}", headers={})

"""The sandbox plays an outside party, and lies only when it is asked to."""

from datetime import timedelta

import pytest
import responses

from core.errors import NotFound
from core.models import OutboxRow
from core.scope import tenant_atomic
from payments import services
from payments.errors import NoticeRefused
from payments.models import SandboxNotice
from payments.selectors import due_notices, due_refunds, payment_of
from payments.services import sandbox
from payments.services.registry import provider_named
from payments.states import Outcome, PaymentState
from payments.types import Misbehaviour
from tests.payments.factories import PRICE, ZHANG, make_paid, make_payment
from tests.times import NEXT_DAY, NOON

GATE = "http://127.0.0.1:8000/pay/notice/sandbox/"


@pytest.fixture(autouse=True)
def _gate(settings):
    settings.SANDBOX_GATE = "http://127.0.0.1:8000"


def tap(payment, misbehaviour="none", *, now=NOON):
    token = payment.pay_url.split("/")[-2]
    return services.sandbox_pay(token=token, misbehaviour=misbehaviour, now=now)


@pytest.mark.parametrize(("payer", "told"), [(" 2088A ", "2088A"), ("", None)])
def test_it_tells_whose_account_paid_when_it_says_so_and_when_it_is_asked(scope, payer, told):
    payment = make_payment()
    services.sandbox_pay(token=payment.pay_url.split("/")[-2], payer=payer, now=NOON)

    [row] = SandboxNotice.objects.select_related("trade")
    body, headers = sandbox.notice_as_sent(
        trade=row.trade, event_ref="EV1", how=Misbehaviour.NONE, now=NOON
    )
    said = services.read_notice(provider="sandbox", body=body, headers=headers)
    asked = provider_named("sandbox").ask(number=payment.number, now=NOON)

    assert [one.payer and one.payer.reveal() for one in (said, asked)] == [told, told]


def planned():
    with tenant_atomic():
        return list(SandboxNotice.objects.order_by("pk"))


def send_all(*, now=NOON):
    for row in planned():
        services.send_notice(notice_id=row.pk, now=now)


def our_gate(now):
    """Our side of the wire, as the storefront's view is."""

    def answer(request):
        assert request.headers["Host"] == "cloud.localhost"
        try:
            notice = services.read_notice(
                provider="sandbox", body=request.body, headers=request.headers
            )
            services.capture(notice=notice, now=now)
        except NoticeRefused as refusal:
            return refusal.status, {}, refusal.reason
        return 200, {}, services.success_word(provider="sandbox")

    return answer


@pytest.fixture
def gate():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        wire.add_callback("POST", GATE, callback=our_gate(NOON))
        yield wire


def state_of(payment):
    with tenant_atomic():
        return payment_of(number=payment.number).state


def test_the_bank_page_shows_what_is_to_be_paid(scope):
    payment = make_payment()

    page = services.sandbox_trade(token=payment.pay_url.split("/")[-2])

    assert page.amount_e4 == PRICE
    assert page.payment_number == payment.number
    assert page.paid_at is None


def test_a_wrong_token_shows_nothing(scope):
    with pytest.raises(NotFound):
        services.sandbox_trade(token="guess")


def test_the_sandbox_is_closed_where_it_is_off(scope, settings):
    payment = make_payment()
    settings.SANDBOX_PAYMENTS = False

    with pytest.raises(NotFound):
        tap(payment)

    assert not SandboxNotice.objects.exists()


def test_a_tap_pays_by_a_signed_notice_from_outside(shop, gate):
    payment = make_payment()

    tap(payment)
    send_all()

    assert state_of(payment) == PaymentState.CAPTURED
    assert [row.answered_at for row in planned()] == [NOON]


def test_a_tap_is_told_to_a_worker_at_once(shop):
    payment = make_payment()

    tap(payment)

    with tenant_atomic():
        assert OutboxRow.objects.get().listener == "payments.services.sandbox.send_notice"


def test_a_second_tap_sends_nothing_new(shop):
    payment = make_payment()

    tap(payment)
    tap(payment, "repeat")

    assert len(planned()) == 1


def test_a_repeated_event_is_five_postings_and_one_effect(shop, gate):
    payment = make_payment()

    tap(payment, "repeat")
    send_all()

    assert len({row.event_ref for row in planned()}) == 1
    assert [row.answered_at for row in planned()] == [NOON] * 5
    assert state_of(payment) == PaymentState.CAPTURED


@pytest.mark.parametrize(
    ("misbehaviour", "reason"),
    [("wrong_amount", Outcome.WRONG_AMOUNT), ("forged", Outcome.FORGED)],
)
def test_a_lie_is_refused_and_given_up(shop, gate, misbehaviour, reason):
    payment = make_payment()

    tap(payment, misbehaviour)
    for minute in range(3):
        send_all(now=NOON + timedelta(minutes=minute))

    (row,) = planned()
    assert (row.tries, row.last_answer, row.answered_at) == (2, "[400]", None)
    assert row.given_up_at is not None
    assert state_of(payment) == PaymentState.PENDING


def test_who_was_lied_about_can_still_pay(shop, gate):
    payment = make_payment()
    tap(payment, "forged")
    for minute in range(3):
        send_all(now=NOON + timedelta(minutes=minute))

    tap(payment)
    send_all()

    assert state_of(payment) == PaymentState.CAPTURED


def test_a_delayed_notice_waits_for_its_time(shop):
    payment = make_payment()

    tap(payment, "delay")

    assert [row.next_at for row in planned()] == [NOON + sandbox.DELAY]
    with tenant_atomic():
        assert not OutboxRow.objects.exists()


def test_a_late_notice_comes_after_the_time_to_pay(shop):
    payment = make_payment()

    tap(payment, "late")

    assert [row.next_at > payment.expires_at for row in planned()] == [True]


def test_a_gate_that_is_away_is_tried_again_with_a_new_timestamp(shop):
    payment = make_payment()
    tap(payment)
    with responses.RequestsMock() as wire:
        wire.add("POST", GATE, status=502)
        send_all()
    (row,) = planned()
    assert (row.tries, row.last_answer) == (1, "[502]")

    with responses.RequestsMock() as wire:
        wire.add_callback("POST", GATE, callback=our_gate(NEXT_DAY))
        send_all(now=NEXT_DAY)

    assert state_of(payment) == PaymentState.CAPTURED


def test_no_answer_at_all_is_tried_again(shop):
    tap(make_payment())

    with responses.RequestsMock():
        send_all()

    (row,) = planned()
    assert row.last_answer == "[ConnectionError]"
    assert row.next_at > NOON


def test_two_workers_post_a_notice_once(shop, gate):
    tap(make_payment())
    (row,) = planned()
    assert sandbox._claim(row.pk, now=NOON)

    services.send_notice(notice_id=row.pk, now=NOON)

    assert len(gate.calls) == 0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_sweeper_finds_what_is_due(shop):
    paid = make_paid()
    refund = services.refund(
        payment_id=paid.pk, amount_e4=100, number="R1", reason="asked", by=ZHANG, now=NOON
    )
    tap(make_payment(), "delay")
    (row,) = planned()

    early = due_notices(now=NOON, limit=10)
    late = due_notices(now=NEXT_DAY, limit=10)

    assert early == []
    assert late == [(shop.pk, row.pk)]
    assert due_refunds(now=NOON, limit=10) == [(shop.pk, refund.pk)]

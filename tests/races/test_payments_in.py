"""A hundred notices of one payment in the same moment put it on the balance once."""

import pytest

from channels import services as channels
from channels.models import PaymentIn
from channels.selectors import payable_of
from core.scope import tenant_atomic
from payments import services as payments
from payments.models import Entry
from payments.selectors import balance_of, find_payment, odd_balances
from payments.services import paying
from payments.states import PaymentState
from storefront import services
from tests.api.callers import Caller
from tests.channels.factories import WANG, make_keyed, make_partner
from tests.payments.factories import posting
from tests.races.at_once import at_once
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
AMOUNT, TIMES = 2_500_000, 100


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(balance_e4=0)


@pytest.fixture
def payment(partner):
    asked = channels.ask_payment(partner_id=partner.pk, amount_e4=AMOUNT, by=WANG, now=NOON)
    with tenant_atomic():
        asked = PaymentIn.objects.select_related("partner").get(pk=asked.pk)
        payable = payable_of(asked=asked, title="Balance")
    return payments.start(payable=payable, provider="sandbox", now=NOON)


def told_at_once(payment) -> list[object]:
    wires = [posting(payment, event_id=f"EV{number % 10}") for number in range(TIMES)]

    def hear(number: int) -> bytes:
        body, headers = wires[number]
        return services.hear_notice(provider="sandbox", body=body, headers=headers, now=NOON)

    return at_once(hear, times=TIMES)


def seen_open(monkeypatch, find) -> list[int]:
    """Who looks at the payment before it is captured, when it is looked for by `find`."""
    seen: list[int] = []

    def look(*, number):
        found = find(number=number)
        if found is not None and found.state != PaymentState.CAPTURED:
            seen.append(found.pk)
        return found

    monkeypatch.setattr(paying, "_locked", look)
    return seen


def booked(partner) -> tuple[int, int]:
    with tenant_atomic():
        assert odd_balances() == []
        count = Entry.objects.filter(account_id=partner.account_id).count()
        return count, balance_of(account_id=partner.account_id)


def test_a_hundred_notices_at_once_are_one_booking(partner, payment, monkeypatch):
    seen = seen_open(monkeypatch, paying._locked)

    heard = told_at_once(payment)

    assert heard == [b"success"] * TIMES
    assert len(seen) == 1
    assert booked(partner) == (1, AMOUNT)
    with tenant_atomic():
        assert PaymentIn.objects.get().number == payment.number


def test_without_the_lock_many_would_book_it_and_the_ledger_takes_it_once(
    partner, payment, monkeypatch
):
    """The control: they do come at once, and the journal's own name is the last word."""
    seen = seen_open(monkeypatch, find_payment)

    told_at_once(payment)

    assert len(seen) > 1
    assert booked(partner) == (1, AMOUNT)


def test_one_key_that_is_sent_a_hundred_times_at_once_is_one_page(shop):
    with tenant_atomic():
        keyed = make_keyed(most_per_second=10_000)

    def ask(_number: int) -> tuple[int, str]:
        caller = Caller(keyed)
        told = caller.post("/api/v1/balance/payments", {"amount": "9.0000"}, idempotency_key="K1")
        return caller.status, told.get("ref", "")

    told = at_once(ask, times=TIMES)

    with tenant_atomic():
        asked = PaymentIn.objects.get()
    assert set(told) <= {(201, asked.ref), (409, "")}
    assert (201, asked.ref) in told

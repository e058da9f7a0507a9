"""A person decides about what waits, says what it was, and blocks whom he wants blocked."""

from datetime import timedelta

import pytest

from core.errors import InvalidInput
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.errors import NotHeld
from fulfillment.types import Judged
from orders.models import Order
from payments.selectors import money_of
from risk.models import ListEntry, Review
from risk.states import Judgement
from tenants.models import AuditRow
from tests.orders.factories import LI, hold, placed, stocked_sku
from tests.risk.factories import a_case, assess, make_rule
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
WEEK = NOON + timedelta(days=7)


@pytest.fixture
def order(shop) -> Order:
    with tenant_atomic():
        make_rule()
        return hold(placed(stocked_sku(2), ip="203.0.113.7", buyer_key="D1"))


def review(order, **given):
    said = {"is_approved": False, "judgement": Judgement.FRAUD} | given
    fulfillment.review(order_id=order.pk, judged=Judged(**said), by=LI, now=NOON)
    with tenant_atomic():
        order.refresh_from_db()


@pytest.mark.parametrize(("is_approved", "state"), [(True, "completed"), (False, "canceled")])
def test_it_is_decided_and_the_word_is_kept(order, is_approved, state):
    review(order, is_approved=is_approved, judgement=Judgement.HONEST, reason="phoned him")

    assert order.state == state
    with tenant_atomic():
        kept = Review.objects.get()
        assert (kept.subject, kept.judgement, kept.is_approved, kept.reason, kept.by) == (
            order.number, "honest", is_approved, "phoned him", LI.label,
        )  # fmt: skip
        written = AuditRow.objects.get(action="order.reviewed")
        assert (written.target, written.reason) == (order.number, "phoned him")
        assert written.data == {"verdict": "honest", "is_approved": is_approved, "blocked": 0}
        assert money_of(payable_id=order.pk).refunded_e4 == (0 if is_approved else order.total_e4)


def test_who_ordered_is_blocked_with_it_by_what_was_kept_of_him(order):
    review(order, block=frozenset({"ip", "device", "phone"}), block_until=WEEK)

    with tenant_atomic():
        entries = {one.trait: one for one in ListEntry.objects.all()}
        assert sorted(entries) == ["device", "ip", "phone"]
        assert {one.listing for one in entries.values()} == {"block"}
        assert {one.until for one in entries.values()} == {WEEK}
        assert entries["ip"].shown == order.number
        assert "8000" in entries["phone"].shown
        assert "13800138000" not in entries["phone"].shown
    assert assess(case=a_case(ip="203.0.113.7"), now=NOON).action == "deny"
    assert assess(case=a_case(ip="203.0.113.8", device="D1"), now=NOON).action == "deny"
    assert assess(case=a_case(ip="203.0.113.7"), now=WEEK).action == "pass"


@pytest.mark.parametrize("traits", [{"account"}, set()])
def test_whom_nobody_knows_cannot_be_blocked_and_then_nothing_is_decided(order, traits):
    with pytest.raises(InvalidInput):
        review(order, block=frozenset(traits))

    with tenant_atomic():
        order.refresh_from_db()
        assert order.state == "held"
        assert not Review.objects.exists()
        assert not AuditRow.objects.filter(action="order.reviewed").exists()


def test_the_second_word_on_a_decided_order_is_refused_and_the_first_one_stands(order):
    review(order, is_approved=True, judgement=Judgement.HONEST)

    with pytest.raises(NotHeld):
        review(order)

    with tenant_atomic():
        assert Review.objects.get().judgement == "honest"

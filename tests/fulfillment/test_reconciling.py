"""Three sides: what shoppers paid, what was delivered, what the supplier wants for it."""

from datetime import timedelta

import pytest

from fulfillment import services as fulfillment
from fulfillment.models import Unit
from payments import services as payments
from payments.types import Cost
from suppliers.models import Break
from tests.catalog.factories import make_sku
from tests.fulfillment.paying import sent_money
from tests.orders.factories import paid
from tests.suppliers.bills import ZHAO, billed, bought, line_of
from tests.suppliers.factories import make_offer, make_supplier
from tests.times import NOON

DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.fixture
def offer():
    sku = make_sku(kind="supplier_code")
    return make_offer(sku=sku, cost_e4=80_000, most_e4=90_000)


def delivered(offer, quantity=1):
    """The tries behind a paid order's units."""
    order = paid(offer.sku, quantity)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    tries = []
    for unit in Unit.objects.filter(order=order).order_by("position"):
        tries.append(bought(offer, unit_id=unit.pk, cost_e4=80_000))
        Unit.objects.filter(pk=unit.pk).update(
            state="delivered", attempt=tries[-1], delivered_at=NOON, next_at=None
        )
    return order, tries


def reconciled(offer, tries, *, bill=None):
    bill = bill or billed(offer.supplier, *[line_of(one, "8.0000") for one in tries])
    fulfillment.reconcile(bill_id=bill.pk, by=ZHAO, now=NOON)
    return bill


def found():
    rows = Break.objects.order_by("pk")
    return list(rows.values_list("kind", "number", "ours_e4", "state"))


def test_what_was_paid_delivered_and_billed_is_settled(offer):
    _order, tries = delivered(offer, 2)

    bill = reconciled(offer, tries)

    bill.refresh_from_db()
    assert (found(), bill.state) == ([], "matched")


def test_a_unit_whose_money_went_back_is_found(offer):
    order, tries = delivered(offer, 2)
    unit = Unit.objects.get(order=order, position=1)
    fulfillment.refund_units(
        order_id=order.pk, unit_ids=[unit.pk], by=ZHAO, reason="test", now=NOON
    )

    reconciled(offer, tries)

    assert found() == [("not_paid", tries[0].number, 80_000, "open")]


def test_an_order_whose_money_is_not_here_is_found(offer):
    order, tries = delivered(offer)
    Unit.objects.filter(order=order).update(state="queued")
    fulfillment.refund_units(order_id=order.pk, unit_ids=None, by=ZHAO, reason="test", now=NOON)
    Unit.objects.filter(order=order).update(state="delivered")

    reconciled(offer, tries)

    assert [one[0] for one in found()] == ["not_paid"]


def test_a_second_time_finds_no_more(offer):
    order, tries = delivered(offer)
    unit = Unit.objects.get(order=order)
    fulfillment.refund_units(
        order_id=order.pk, unit_ids=[unit.pk], by=ZHAO, reason="test", now=NOON
    )
    bill = reconciled(offer, tries)

    reconciled(offer, tries, bill=bill)

    assert found() == [("not_paid", tries[0].number, 80_000, "open")]


def checked(supplier, balance_e4, *, now):
    return fulfillment.check_balance_delta(supplier_id=supplier.pk, balance_e4=balance_e4, now=now)


def test_the_balance_moves_by_what_the_ledger_says():
    supplier = make_supplier()
    sent_money(supplier, ref="before")
    checked(supplier, 1_000_000, now=NOON)
    sent_money(supplier, 300_000, ref="between", now=NOON + DAYS / 2)

    assert checked(supplier, 1_300_000, now=NOON + DAYS) is None
    gap = checked(supplier, 1_200_000, now=NOON + DAYS)

    assert (gap.kind, gap.ours_e4, gap.theirs_e4) == ("balance", 300_000, 200_000)


def test_what_was_bought_between_is_reckoned():
    supplier = make_supplier()
    checked(supplier, 1_000_000, now=NOON)
    cost = Cost(supplier_ref=str(supplier.pk), amount_e4=80_000, currency="CNY", ref="one")
    payments.book_cost(cost=cost, by=ZHAO, now=NOON + DAYS / 2)

    assert checked(supplier, 920_000, now=NOON + DAYS) is None
    assert not Break.objects.exists()

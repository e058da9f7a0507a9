"""Deliveries, bills and payments of a supplier, cycle by cycle."""

from datetime import date, timedelta

import pytest

from core.actors import SYSTEM
from suppliers import services
from suppliers.errors import SupplierUnfit
from suppliers.models import Bill, Break, Supplier
from suppliers.selectors import cycles_of
from suppliers.selectors.cycles import cycle_of
from tests.fulfillment.paying import sent_money, undone
from tests.suppliers.bills import DAY, ZHAO, billed, bought, line_of, match
from tests.suppliers.factories import make_offer, make_supplier
from tests.times import NOON

DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.fixture
def offer():
    return make_offer()


def terms(supplier, **given):
    return services.change_terms(supplier_id=supplier.pk, given=given, by=ZHAO, now=NOON)


def of(supplier, *, until=DAY, count=1):
    found = Supplier.objects.get(pk=supplier.pk)
    return cycles_of(suppliers=[found], until=until, count=count)


@pytest.mark.parametrize(
    ("cycle", "day", "first", "last"),
    [
        ("daily", date(2026, 11, 22), date(2026, 11, 22), date(2026, 11, 22)),
        ("weekly", date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 22)),
        ("weekly", date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 29)),
        ("monthly", date(2026, 2, 10), date(2026, 2, 1), date(2026, 2, 28)),
        ("prepaid", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_cycle_has_a_first_and_a_last_day(cycle, day, first, last):
    assert cycle_of(cycle=cycle, day=day) == (first, last)


def test_what_was_delivered_billed_and_paid_stands_side_by_side(offer):
    terms(offer.supplier, cycle="monthly", pay_days=15)
    one, dearer = bought(offer), bought(offer, now=NOON - DAYS)
    bill = billed(offer.supplier, line_of(one), line_of(dearer, "9.9750"), since=DAY.replace(day=1))
    match(bill)
    sent_money(offer.supplier, 100_000)

    (found,) = of(offer.supplier)

    assert (found.since, found.until) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (found.ours_e4, found.billed_e4, found.paid_e4) == (197_500, 198_500, 100_000)
    assert (found.differs_e4, found.left_e4) == (1_000, 97_500)
    assert (found.breaks, found.breaks_open, found.bills) == (1, 1, (bill,))
    assert found.due_on == date(2026, 12, 15)


def test_what_was_taken_back_counts_on_its_own_day(offer):
    terms(offer.supplier, cycle="daily")
    one = bought(offer)
    services.take_back(attempt_id=one.pk, by=SYSTEM, reason="test", now=NOON + DAYS)

    later, earlier = of(offer.supplier, until=DAY + DAYS, count=2)

    assert (later.ours_e4, earlier.ours_e4) == (-98_750, 98_750)


def test_a_payment_counts_in_the_cycle_it_was_noted_for_unless_undone(offer):
    terms(offer.supplier, cycle="monthly")
    sent_money(offer.supplier, 100_000, counts_on=date(2026, 10, 31))
    undone(sent_money(offer.supplier, 300_000, ref="bank-2"))

    november, october = of(offer.supplier, count=2)

    assert (november.paid_e4, october.paid_e4) == (0, 100_000)


def test_a_bill_is_of_the_cycle_of_its_last_day_and_none_is_no_zero(offer):
    terms(offer.supplier, cycle="daily")
    billed(offer.supplier, "A1,,5.00,,", since=DAY - DAYS)

    today, yesterday = of(offer.supplier, count=2)

    assert (today.billed_e4, yesterday.billed_e4, yesterday.differs_e4) == (50_000, None, None)


@pytest.mark.parametrize("state", ["reading", "failed"])
def test_a_bill_that_is_not_read_does_not_count(offer, state):
    billed(offer.supplier, "A1,,5.00,,")
    Bill.objects.update(state=state)

    assert of(offer.supplier)[0].billed_e4 is None


def test_who_is_paid_in_advance_has_no_day_to_pay(offer):
    assert of(offer.supplier)[0].due_on is None


def test_breaks_that_were_dealt_with_are_not_open(offer):
    match(billed(offer.supplier, "A1,,5.00,,", "A2,,5.00,,"))
    services.close_break(break_id=Break.objects.first().pk, note="", by=ZHAO, now=NOON)

    assert (of(offer.supplier)[0].breaks, of(offer.supplier)[0].breaks_open) == (2, 1)


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("count", [1, 3])
def test_all_suppliers_ask_as_often_as_one(count, django_assert_num_queries):
    everyone = [make_supplier() for _at in range(count)]
    for supplier in everyone:
        billed(supplier, f"A{supplier.pk},,5.00,,")
    of(everyone[0])

    with django_assert_num_queries(7):
        cycles_of(suppliers=everyone, until=DAY, count=3)


@pytest.mark.parametrize("days", [-1, 367])
def test_days_to_pay_lie_within_a_year(offer, days):
    with pytest.raises(SupplierUnfit) as refusal:
        terms(offer.supplier, pay_days=days)

    assert refusal.value.param == "pay_days"

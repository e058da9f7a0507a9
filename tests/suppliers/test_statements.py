"""What was bought over some days; and the balance, which moves by that and by nothing else."""

from datetime import date, timedelta

import pytest

from core.actors import SYSTEM
from core.errors import InvalidInput
from suppliers import services
from suppliers.models import BalanceNote, Break
from tests.suppliers.bills import DAY, bought
from tests.suppliers.factories import make_offer, make_supplier
from tests.times import NOON

DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.fixture
def offer():
    return make_offer()


def told_of(supplier, *, since=DAY, until=DAY):
    return services.statement(supplier_id=supplier.pk, since=since, until=until)


def figures(statement):
    return [
        (line.day, line.product, line.bought, line.bought_e4, line.back, line.back_e4)
        for line in statement.lines
    ]


def test_purchases_are_summed_by_day_and_product(offer):
    other = make_offer(supplier=offer.supplier, product="99")
    bought(offer), bought(offer), bought(other, cost_e4=10_000)
    bought(offer, outcome="failed")
    bought()
    bought(offer, now=NOON + DAYS)
    bought(offer, now=NOON - DAYS)

    statement = told_of(offer.supplier, until=DAY + DAYS)

    assert figures(statement) == [
        (DAY, "88", 2, 197_500, 0, 0),
        (DAY, "99", 1, 10_000, 0, 0),
        (DAY + DAYS, "88", 1, 98_750, 0, 0),
    ]
    assert (statement.bought, statement.total_e4) == (4, 306_250)


def test_what_was_taken_back_stands_on_the_day_of_that(offer):
    one = bought(offer)
    services.take_back(attempt_id=one.pk, by=SYSTEM, reason="test", now=NOON + DAYS)

    statement = told_of(offer.supplier, until=DAY + DAYS)

    assert figures(statement) == [
        (DAY, "88", 1, 98_750, 0, 0),
        (DAY + DAYS, "88", 0, 0, 1, 98_750),
    ]
    assert (statement.total_e4, told_of(offer.supplier).total_e4) == (0, 98_750)


def test_a_day_is_the_merchants(offer):
    bought(offer, now=NOON.replace(hour=16))  # midnight in Shanghai

    assert figures(told_of(offer.supplier)) == []


def test_a_statement_is_of_a_year_at_most(offer):
    for since, until in ((DAY, DAY - DAYS), (DAY, DAY + 366 * DAYS), (date.max, date.max)):
        with pytest.raises(InvalidInput):
            told_of(offer.supplier, since=since, until=until)


def test_no_cell_of_the_table_becomes_a_formula(offer):
    evil = make_offer(supplier=offer.supplier, product="=cmd|' /C calc'!A0")
    one = bought(evil)
    services.take_back(attempt_id=one.pk, by=SYSTEM, reason="test", now=NOON + DAYS)

    table = services.statement_csv(told_of(offer.supplier, since=DAY + DAYS, until=DAY + DAYS))

    rows = table.decode("utf-8-sig").splitlines()
    assert rows[1] == "2026-11-23,'=cmd|' /C calc'!A0,0,0.00,1,9.8750,-9.8750"
    assert rows[2].split(",")[2:] == ["0", "0.00", "1", "9.8750", "-9.8750"]


def noted(supplier, balance_e4, booked_e4=0, *, now=NOON):
    return services.note_balance(
        supplier_id=supplier.pk, balance_e4=balance_e4, booked_e4=booked_e4, now=now
    )


def test_the_first_balance_is_compared_with_nothing():
    supplier = make_supplier()

    assert noted(supplier, 1_000_000) is None
    assert BalanceNote.objects.count() == 1


def test_a_balance_that_moved_by_what_was_booked_is_right():
    supplier = make_supplier()
    noted(supplier, 1_000_000)

    assert noted(supplier, 900_000, -100_000, now=NOON + DAYS) is None
    assert not Break.objects.exists()


def test_a_balance_that_moved_by_more_is_the_days_break_until_it_is_right():
    supplier = make_supplier()
    noted(supplier, 1_000_000)

    found = noted(supplier, 800_000, -100_000, now=NOON + DAYS)
    again = noted(supplier, 790_000, -100_000, now=NOON + DAYS * 1.1)

    assert (found.kind, found.day, found.bill) == ("balance", DAY + DAYS, None)
    assert (again.pk, again.ours_e4, again.theirs_e4) == (found.pk, -100_000, -210_000)
    assert noted(supplier, 900_000, -100_000, now=NOON + DAYS * 1.2) is None
    assert Break.objects.get().state == "closed"

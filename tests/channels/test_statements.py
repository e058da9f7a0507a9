"""A partner's month: opening, movements, closing; and its files, whose sums agree."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from channels import services as channels
from channels.models import PartnerOrder
from channels.selectors import entries_of_month, month_figures, movements
from channels.types import NewTransfer
from core.actors import Actor
from core.scope import tenant_atomic
from payments import services as payments
from tests.api.callers import Caller
from tests.channels.factories import WANG, make_keyed, make_partner
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(databases="__all__")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ANN = Actor("user:11 ann@example.com", user_id=11)
BEN = Actor("user:12 ben@example.com", user_id=12)
MONTH = date(2026, 11, 15)
# In Shanghai the month begins and ends eight hours before it does in UTC.
LAST_OF_OCTOBER = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
FIRST, LAST = datetime(2026, 10, 31, 16, 0, tzinfo=UTC), datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def this_month() -> date:
    """The shop's: eight hours of the last of a month are the next one's."""
    return timezone.localdate(timezone=SHANGHAI)


def moved(partner, amount_e4, ref, at):
    payments.correct_balance(
        account_id=partner.account_id, amount_e4=amount_e4, ref=ref, by=WANG, now=at
    )


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(balance_e4=0)


@pytest.fixture
def busy(partner):
    """¥10.00 before the month; a transfer and two corrections in it; one after it."""
    moved(partner, 100_000, "before", LAST_OF_OCTOBER)
    given = NewTransfer(amount_e4=500_000, paid_on=date(2026, 10, 1), bank_ref="=B-1")
    claim = channels.file_transfer(partner_id=partner.pk, given=given, by=ANN, now=FIRST)
    channels.match_claim(claim_id=claim.pk, by=ANN, now=FIRST)
    channels.confirm_claim(claim_id=claim.pk, by=BEN, now=FIRST)
    moved(partner, -98_750, "a", LAST)
    moved(partner, -1, "b", LAST)
    moved(partner, 7, "after", DECEMBER)
    return partner


@tenant_atomic
def figures(partner):
    return month_figures(partner=partner, month=MONTH)


def csv_rows(partner):
    with override("en"):
        told = channels.statement_csv(partner=partner, month=MONTH)
    body = b"".join(told)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_a_month_begins_and_ends_where_the_shop_is(busy):
    told = figures(busy)

    assert (told.since, told.until) == (FIRST, DECEMBER)
    assert (told.opening_e4, told.closing_e4, told.count) == (100_000, 501_249, 3)
    assert [(one.kind, one.count, one.amount_e4) for one in told.sums] == [
        ("correction", 2, -98_751),
        ("top_up", 1, 500_000),
    ]


def test_a_month_without_movements_closes_as_it_opened(partner):
    told = figures(partner)

    assert (told.opening_e4, told.closing_e4, told.count) == (0, 0, 0)


def test_each_line_says_what_the_balance_was_after_it(busy):
    with tenant_atomic():
        entries = entries_of_month(partner=busy, month=MONTH)
        lines = movements(partner=busy, entries=entries, before_e4=100_000)

    assert [(one.kind, one.amount_e4, one.balance_e4, one.ref) for one in lines] == [
        ("top_up", 500_000, 600_000, "=B-1"),
        ("correction", -98_750, 501_250, "correction:a"),
        ("correction", -1, 501_249, "correction:b"),
    ]


def test_the_csv_leads_from_opening_to_closing(busy):
    head, opening, *lines, closing = csv_rows(busy)

    assert head[-3:] == ["amount", "balance", "currency"]
    assert opening == [
        "2026-11-01 00:00:00", "opening balance", "", "", "", "", "10.00", "CNY",
    ]  # fmt: skip
    assert [(line[1], line[4], line[5], line[6]) for line in lines] == [
        ("topped up", "'=B-1", "50.00", "60.00"),
        ("corrected", "correction:a", "-9.8750", "50.1250"),
        ("corrected", "correction:b", "-0.0001", "50.1249"),
    ]
    assert (closing[1], closing[6]) == ("closing balance", "50.1249")
    assert Decimal(opening[6]) + sum(Decimal(line[5]) for line in lines) == Decimal(closing[6])


def test_the_workbook_says_the_same_in_numbers(busy):
    body = channels.statement_xlsx(partner=busy, month=MONTH)

    _head, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    )
    assert [row[6] for row in rows] == [10, 60, 50.125, 50.1249, 50.1249]
    assert [row[4] for row in rows] == ["", "'=B-1", "correction:a", "correction:b", ""]


def test_a_number_that_no_workbook_can_hold_spoils_no_file(shop):
    with tenant_atomic():
        keyed, sku = make_keyed(), stocked_sku(1)
    Caller(keyed).order(sku, "P-1")
    with tenant_atomic():
        PartnerOrder.objects.update(
            partner_order_no="x\x1b[31my"
        )  # taken once, before it was refused

    body = channels.statement_xlsx(partner=keyed.partner, month=this_month())

    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert "x[31my" in [row[3] for row in rows]


def test_what_is_long_is_read_a_stretch_at_a_time(busy, monkeypatch):
    whole = csv_rows(busy)
    monkeypatch.setattr("channels.services.statement_files._AT_ONCE", 1)

    assert csv_rows(busy) == whole


def test_another_partners_movements_are_not_in_it(busy):
    with tenant_atomic():
        other = make_partner(balance_e4=0)

    assert figures(other).count == 0


def test_an_order_is_named_by_both_numbers(shop):
    with tenant_atomic():
        keyed, sku = make_keyed(), stocked_sku(1)
    told = Caller(keyed).order(sku, "P-1")

    with tenant_atomic():
        shown = entries_of_month(partner=keyed.partner, month=this_month())
        *_top_up, paid = movements(partner=keyed.partner, entries=shown, before_e4=0)
    assert (paid.kind, paid.order, paid.partner_order_no) == ("capture", told["ref"], "P-1")

"""A partner's statement of a month to take away: opening, every movement, closing. Its sums agree,
because the closing is what the lines lead to."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from channels.models import Partner
from channels.selectors.statements import entries_of_month, month_figures, movements
from channels.types import Movement
from core.cells import as_cell
from core.errors import InvalidInput
from core.money import Money
from core.scope import bind, require_tenant, tenant_atomic
from suppliers.services.tables_out import BOM, rows_as_csv
from tenants.selectors import get_shop

MOST_ROWS = 100_000  # of a workbook
_AT_ONCE = 2_000

KINDS = {
    "top_up": gettext_lazy("topped up"),
    "correction": gettext_lazy("corrected"),
    "capture": gettext_lazy("order paid"),
    "refund_done": gettext_lazy("paid back"),
    "payment_in": gettext_lazy("paid in online"),
    "refund_promised": gettext_lazy("paid twice, sent back"),
    "refund_given_up": gettext_lazy("could not be sent back"),
}


def statement_csv(*, partner: Partner, month: date) -> Iterator[bytes]:
    """A stretch at a time, each in a transaction of its own: it may be read after the caller's."""
    with tenant_atomic():
        rows = _rows(partner, month)
    return chain([BOM], (rows_as_csv([[*map(str, row)]]) for row in rows))


@tenant_atomic
def statement_xlsx(*, partner: Partner, month: date) -> bytes:
    """Raises InvalidInput where there are more lines than a workbook is given."""
    if month_figures(partner=partner, month=month).count > MOST_ROWS:
        raise InvalidInput(_("This month has too many lines for a workbook. Take the CSV."))
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _rows(partner, month):
        sheet.append([_cell(value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(value: "str | Decimal") -> "str | Decimal":
    """An amount stays a number, and exact."""
    return as_cell(value) if isinstance(value, str) else value


def _rows(partner: Partner, month: date) -> "Iterator[Sequence[str | Decimal]]":
    shop = get_shop()
    figures, zone = month_figures(partner=partner, month=month), ZoneInfo(shop.time_zone)
    kinds = {kind: str(words) for kind, words in KINDS.items()}
    head = (
        _("time"), _("what"), _("order"), _("the partner's order number"), _("reference"),
        _("amount"), _("balance"), _("currency"),
    )  # fmt: skip

    def amount(e4: int) -> Decimal:
        return Decimal(Money(e4, shop.currency).decimal)

    def edge(words: str, day: datetime, e4: int) -> "Sequence[str | Decimal]":
        return (_time(day, zone), words, "", "", "", "", amount(e4), shop.currency)

    def line(one: Movement) -> "Sequence[str | Decimal]":
        return (
            _time(one.at, zone), kinds.get(one.kind, one.kind), one.order, one.partner_order_no,
            one.ref, amount(one.amount_e4), amount(one.balance_e4), shop.currency,
        )  # fmt: skip

    opening, closing = _("opening balance"), _("closing balance")
    stretches = _stretches(require_tenant(), partner, month, figures.opening_e4)

    def rows() -> "Iterator[Sequence[str | Decimal]]":
        balance = figures.opening_e4
        yield head
        yield edge(opening, figures.since, balance)
        for some in stretches:
            yield from map(line, some)
            balance = some[-1].balance_e4
        yield edge(closing, figures.until, balance)

    return rows()


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _stretches(
    tenant_id: int, partner: Partner, month: date, balance: int
) -> Iterator[list[Movement]]:
    after = 0
    while True:
        with bind(tenant_id), tenant_atomic():
            left = entries_of_month(partner=partner, month=month).filter(pk__gt=after)
            entries = list(left[:_AT_ONCE])
            lines = movements(partner=partner, entries=entries, before_e4=balance)
        if not lines:
            return
        yield lines
        after, balance = entries[-1].pk, lines[-1].balance_e4

"""What moved on partners' balances, a movement a line: one partner's month, or all there is."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from channels.models import Partner
from channels.selectors import entries_of_month, movements
from channels.services.statement_files import KINDS
from channels.types import Movement
from dashboard.exporting.asking import amount, moment, of_days, unreadable, within_days
from payments.models import Entry
from payments.selectors import sum_of
from reports.types import Asker, Column, Line, Table
from tenants.selectors import get_shop


def query_of(partner: Partner, month: date) -> str:
    return f"partner={partner.ref}&month={month:%Y-%m}"


def _entries(asker: Asker, query: str) -> "QuerySet[Entry]":
    given = QueryDict(query) if query else QueryDict()
    partners = Partner.objects.all()
    if "partner" in given:
        partners = partners.filter(ref=given["partner"])
    if "month" in given:
        return entries_of_month(partner=_the_one(partners), month=_month(given["month"]))
    found = Entry.objects.filter(account_id__in=partners.values("account_id"))
    return within_days(found.select_related("journal"), "journal__at", query)


def _the_one(partners: "QuerySet[Partner]") -> Partner:
    found = list(partners[:2])
    if len(found) != 1:
        raise unreadable()
    return found[0]


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 -- a month has no zone
    except ValueError:
        raise unreadable() from None


def _lines(asker: Asker, rows: Sequence[Entry]) -> list[Line]:
    """The balance after each is told by the books' own order, which is that of the rows."""
    by_account: dict[int, list[Entry]] = defaultdict(list)
    for row in rows:
        by_account[row.account_id].append(row)
    told: dict[int, Line] = {}
    currency = get_shop().currency
    for partner in Partner.objects.filter(account_id__in=by_account):
        entries = sorted(by_account[partner.account_id], key=lambda row: row.pk)
        earlier = Entry.objects.filter(account_id=partner.account_id, pk__lt=entries[0].pk)
        lines = movements(partner=partner, entries=entries, before_e4=sum_of(entries=earlier))
        for entry, line in zip(entries, lines, strict=True):
            told[entry.pk] = _line(partner, line, currency)
    return [told[row.pk] for row in rows]


def _line(partner: Partner, one: Movement, currency: str) -> Line:
    return (
        moment(one.at),
        partner.ref,
        partner.name,
        capfirst(str(KINDS.get(one.kind, one.kind))),
        one.order,
        one.partner_order_no,
        one.ref,
        amount(one.amount_e4, currency),
        amount(one.balance_e4, currency),
        currency,
    )


STATEMENTS = Table(
    name="statements",
    title=_("Statements of partners"),
    right="money.view",
    columns=(
        Column(_("At")), Column(_("Partner number")), Column(_("Partner")), Column(_("What")),
        Column(_("Order number")), Column(_("Partner's order number")), Column(_("Reference")),
        Column(_("Amount")), Column(_("Balance")), Column(_("Currency")),
    ),
    rows=_entries,
    of_days=of_days,
    lines=_lines,
)  # fmt: skip

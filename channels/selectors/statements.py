"""A partner's balance over a month, in the shop's zone: opening, movements, closing."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from channels.models import BalanceClaim, Partner, PartnerOrder
from channels.types import KindSum, MonthFigures, Movement
from payments.selectors import (
    entries_during,
    payable_refs,
    refunded_refs,
    sum_before,
    sums_by_kind,
)
from payments.types import PaidFor
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from payments.models import Entry

_TOP_UP, _PAID, _REFUND = "top-up:", "capture:", "refund:"
_NOTHING = PaidFor(ref="", is_balance=False)


def month_figures(*, partner: Partner, month: date) -> MonthFigures:
    """`month` is any day of it."""
    since, until = _bounds(month)
    entries = _entries(partner, since, until)
    return MonthFigures(
        since=since,
        until=until,
        opening_e4=sum_before(account_id=partner.account_id, moment=since),
        sums=tuple(
            KindSum(kind=kind, count=count, amount_e4=amount)
            for kind, count, amount in sums_by_kind(entries=entries)
        ),
    )


def entries_of_month(*, partner: Partner, month: date) -> "QuerySet[Entry]":
    """The oldest first."""
    return _entries(partner, *_bounds(month))


def movements(*, partner: Partner, entries: "Iterable[Entry]", before_e4: int) -> list[Movement]:
    """Lines of a statement that follow a balance of `before_e4`. Four queries."""
    found = list(entries)
    orders = paid_for(entries=found)
    numbers = _own_numbers(partner, {one.ref for one in orders.values() if not one.is_balance})
    slips = _bank_refs(found)
    lines, balance = [], before_e4
    for entry in found:
        balance += entry.amount_e4
        ref = entry.journal.ref
        about = orders.get(ref, _NOTHING)
        order = "" if about.is_balance else about.ref
        lines.append(
            Movement(
                at=entry.journal.at,
                kind=entry.journal.kind,
                amount_e4=entry.amount_e4,
                balance_e4=balance,
                ref=about.ref if about.is_balance else slips.get(ref, ref),
                order=order,
                partner_order_no=numbers.get(order, ""),
            )
        )
    return lines


def _entries(partner: Partner, since: datetime, until: datetime) -> "QuerySet[Entry]":
    return entries_during(account_id=partner.account_id, since=since, until=until)


def _bounds(month: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(get_shop().time_zone)
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return tuple(datetime(one.year, one.month, 1, tzinfo=zone) for one in (first, following))  # type: ignore[return-value]  # -- of two


def paid_for(*, entries: "Iterable[Entry]") -> dict[str, PaidFor]:
    """By the journal's reference, the order that was paid or paid back, or the payment in. Two
    queries."""
    refs = [entry.journal.ref for entry in entries]
    paid = {ref: ref.removeprefix(_PAID) for ref in refs if ref.startswith(_PAID)}
    back = {ref: ref.split(":")[1] for ref in refs if ref.startswith(_REFUND)}
    known = payable_refs(numbers=set(paid.values()))
    known |= refunded_refs(numbers=set(back.values()))
    return {ref: known[number] for ref, number in (paid | back).items() if number in known}


def _own_numbers(partner: Partner, orders: set[str]) -> dict[str, str]:
    found = PartnerOrder.objects.filter(partner=partner, order__number__in=orders)
    return dict(found.values_list("order__number", "partner_order_no"))


def _bank_refs(entries: "list[Entry]") -> dict[str, str]:
    """By the journal's reference, what the bank calls the transfer that was claimed."""
    refs = {entry.journal.ref for entry in entries if entry.journal.ref.startswith(_TOP_UP)}
    claimed = {ref.removeprefix(_TOP_UP): ref for ref in refs}
    found = BalanceClaim.objects.filter(ref__in=claimed).values_list("ref", "bank_ref")
    return {claimed[ref]: bank_ref for ref, bank_ref in found}

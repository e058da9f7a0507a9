"""Orders, a line each. Phones as their list shows them: the last four digits."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dashboard.exporting.asking import amount, moment, of_days, rows_by_day
from dashboard.words import channel_words
from orders.models import Item, Order
from orders.states import OrderState
from payments.selectors import paid_back_of
from reports.types import Asker, Column, Line, Table


def _rows(asker: Asker, query: str) -> "QuerySet[Order]":
    found: QuerySet[Order] = rows_by_day(Order, "placed_at", asker, query)
    return found.prefetch_related(None)  # to ask each row for its items takes longer than all else


def _lines(asker: Asker, rows: Sequence[Order]) -> list[Line]:
    ids = [order.pk for order in rows]
    back = {pk: money.refunded_e4 for pk, money in paid_back_of(payable_ids=ids).items()}
    items = defaultdict[int, list[Item]](list)
    for item in Item.objects.filter(order_id__in=ids).order_by("order_id", "position"):
        items[item.order_id].append(item)
    states = {state.value: capfirst(str(state.label)) for state in OrderState}
    return [
        _line(order, states[order.state], items[order.pk], back.get(order.pk, 0)) for order in rows
    ]


def _line(order: Order, state: str, items: Sequence[Item], back_e4: int) -> Line:
    return (
        order.number,
        state,
        channel_words(order.channel),
        "; ".join(f"{item.shown_name} × {item.quantity}" for item in items),
        sum(item.quantity for item in items),
        amount(order.list_e4, order.currency),
        amount(order.discount_e4, order.currency),
        amount(order.total_e4, order.currency),
        amount(back_e4, order.currency),
        order.currency,
        f"****{order.phone_tail}" if order.phone_tail else "",
        moment(order.placed_at),
        moment(order.paid_at),
        moment(order.ended_at),
    )


ORDERS = Table(
    name="orders",
    title=_("Orders"),
    right="orders.view",
    columns=(
        Column(_("Order number")), Column(_("State")), Column(_("Channel")), Column(_("Goods")),
        Column(_("Quantity")), Column(_("Goods total")), Column(_("Discount")), Column(_("Total")),
        Column(_("Paid back")), Column(_("Currency")), Column(_("Phone")), Column(_("Placed at")),
        Column(_("Paid at")), Column(_("Ended at")),
    ),
    rows=_rows,
    of_days=of_days,
    lines=_lines,
)  # fmt: skip

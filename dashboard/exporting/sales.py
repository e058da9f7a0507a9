"""What comes after an order: complaints, decisions, and money on its way back."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import InvalidInput
from dashboard.exporting.asking import amount, moment, of_days, request_of, rows_by_day
from dashboard.queueing import QueueForm, queue
from dashboard.words import channel_words, provider_words, reason_words, who
from orders.models import Case, Order
from payments.models import Refund
from reports.types import Asker, Column, Line, Table
from tenants.selectors import get_shop


def _cases(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    return [
        (
            case.ref,
            case.order.number,
            capfirst(str(case.get_kind_display())),
            capfirst(str(case.get_state_display())),
            moment(case.opened_at),
            moment(case.due_at),
            moment(case.ended_at),
        )
        for case in rows
    ]


def _waiting(asker: Asker, query: str) -> "QuerySet[Order]":
    """Those of the desk, as it is filtered: the first of them, if there are very many."""
    given = request_of(asker, query).GET
    form = QueueForm(given or None, currency=get_shop().currency)
    is_asked = form.is_bound and form.is_asked
    if is_asked and not form.is_valid():
        raise InvalidInput(_now("This list is filtered by something that it does not know."))
    found = queue(now=timezone.now(), asked=form.cleaned_data if is_asked else {})
    return Order.objects.filter(pk__in=[row.order.pk for row in found.rows])


def _held(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    """Who was decided about meanwhile waits no more."""
    waiting = {row.order.pk: row for row in queue(now=timezone.now()).rows}
    found = [waiting[order.pk] for order in rows if order.pk in waiting]
    return [
        (
            row.order.number,
            "; ".join(f"{name} × {count}" for name, count in row.goods),
            channel_words(row.order.channel),
            amount(row.order.total_e4, row.order.currency),
            row.order.currency,
            row.why,
            "; ".join(row.rules),
            row.score,
            moment(row.decide_by),
            row.then,
            moment(row.order.placed_at),
        )
        for row in found
    ]


def _refunds(asker: Asker, rows: Sequence[Refund]) -> list[Line]:
    return [
        (
            one.number,
            one.payment.payable_ref,
            provider_words(one.payment.provider),
            amount(one.amount_e4, one.payment.currency),
            one.payment.currency,
            capfirst(str(one.get_state_display())),
            reason_words(one.reason),
            who(one.by),
            one.last_error,
            moment(one.made_at),
            moment(one.ended_at),
        )
        for one in rows
    ]


CASES = Table(
    name="cases",
    title=_("After-sale cases"),
    right="cases.view",
    columns=(
        Column(_("Case")), Column(_("Order number")), Column(_("What is wrong")),
        Column(_("State")), Column(_("Opened at")), Column(_("To be answered by")),
        Column(_("Ended at")),
    ),
    rows=partial(rows_by_day, Case, "opened_at"),
    of_days=of_days,
    lines=_cases,
)  # fmt: skip
HELD = Table(
    name="held",
    title=_("Held orders"),
    right="orders.view",
    columns=(
        Column(_("Order number")), Column(_("Goods")), Column(_("Channel")), Column(_("Total")),
        Column(_("Currency")), Column(_("Why")), Column(_("Rules")), Column(_("Score")),
        Column(_("To be decided by")), Column(_("Else")), Column(_("Placed at")),
    ),
    rows=_waiting,
    lines=_held,
)  # fmt: skip
REFUNDS = Table(
    name="refunds",
    title=pgettext_lazy("a list", "Refunds"),
    right="money.view",
    columns=(
        Column(_("Refund number")), Column(_("Order number")), Column(_("Paid by")),
        Column(_("Amount")), Column(_("Currency")), Column(_("State")), Column(_("Reason")),
        Column(_("By")), Column(_("Last answer")), Column(_("Promised at")),
        Column(_("Ended at")),
    ),
    rows=lambda asker, query: Refund.objects.select_related("payment"),
    lines=_refunds,
)  # fmt: skip

"""Buyers, a line each, by the segment or the conditions of their page."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics import words
from analytics.selectors import segment_of, segmentation
from dashboard.buyers import contacts_of, rows_asked
from dashboard.exporting.asking import amount, moment, request_of
from dashboard.words import channel_words
from reports.types import Asker, Column, Line, Table
from risk.words import PROVINCES
from tenants.selectors import get_shop


def _rows(asker: Asker, query: str) -> Any:
    return rows_asked(request_of(asker, query).GET, now=timezone.now())


def _lines(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    now, currency = timezone.now(), get_shop().currency
    dear_e4, contacts = segmentation(now=now).dear_e4, contacts_of(rows)
    return [
        (
            one.pk,
            contacts.get(one.last_order_id, ""),
            str(words.SEGMENTS[segment_of(one, dear_e4=dear_e4, now=now)].title),
            moment(one.first_at),
            moment(one.last_at),
            one.orders,
            one.units,
            amount(one.net_e4, currency),
            amount(one.refund_e4, currency),
            currency,
            ", ".join(channel_words(channel) for channel in one.channels),
            str(PROVINCES.get(one.province, one.province)),
        )
        for one in rows
    ]


BUYERS = Table(
    name="buyers",
    title=_("Buyers and segments"),
    right="orders.view",
    columns=(
        Column(_("Buyer")), Column(_("Phone")), Column(_("Segment")), Column(words.FIRST.title),
        Column(words.RECENCY.title), Column(words.FREQUENCY.title), Column(words.SOLD.title),
        Column(words.MONETARY.title), Column(words.REFUNDS.title), Column(_("Currency")),
        Column(_("Channel")), Column(_("Province")),
    ),
    rows=_rows,
    lines=_lines,
)  # fmt: skip

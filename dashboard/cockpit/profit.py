"""What is left of what was paid: by channel, and from the price to the margin."""

from dataclasses import fields

from django.utils.translation import gettext as _

from analytics import words
from analytics.types import ChannelRow, Numbers
from core.money import Money
from dashboard.cockpit.types import Asked, Cell, Told, amount, columns, drawn, percent

MOST_DRAWN = 12


def summed(found: list[ChannelRow]) -> Numbers:
    """All channels together; different buyers are not counted here."""
    names = [field.name for field in fields(Numbers) if field.name != "buyers"]
    return Numbers(**{name: sum(getattr(one.numbers, name) for one in found) for name in names})


def _left_out(asked: Asked, whole: Numbers, costless: Numbers) -> str:
    """A margin that leaves something out says so."""
    said = []
    if costless.delivered:
        said.append(
            _(
                "No cost is known of %(units)s delivered units, for which %(paid)s was paid: they "
                "count as 0."
            )
            % {
                "units": f"{costless.delivered:,}",
                "paid": amount(Money(costless.revenue_e4, asked.currency)),
            }
        )
    if whole.lines and not whole.fee_e4:
        said.append(_("Fees are not known: the margin is before them."))
    return " ".join(said)


def told_channels(asked: Asked, found: list[ChannelRow], costless: Numbers) -> Told:
    rows = [
        (Cell(one.label), asked.money(one.numbers.revenue_e4), asked.money(one.numbers.refund_e4),
         asked.money(one.numbers.cost_e4), asked.money(one.numbers.fee_e4),
         asked.money(one.numbers.margin_e4), percent(one.numbers.margin_percent))
        for one in found
    ]  # fmt: skip
    return Told(
        columns=columns(
            _("Channel"), words.GMV, words.REFUNDS, words.COST, words.FEES, words.MARGIN,
            words.MARGIN_PERCENT, numbers=6,
        ),
        rows=rows,
        chart=_stacked(asked, found[:MOST_DRAWN]) if found else None,
        note=_left_out(asked, summed(found), costless),
    )  # fmt: skip


def _stacked(asked: Asked, found: list[ChannelRow]) -> dict[str, object]:
    parts = {
        words.COST: "cost_e4", words.FEES: "fee_e4", words.REFUNDS: "refund_e4",
        words.MARGIN: "margin_e4",
    }  # fmt: skip
    series = [
        {"name": str(metric.title), "values": [drawn(getattr(one.numbers, field)) for one in found]}
        for metric, field in parts.items()
    ]
    rates = [one.numbers.margin_percent for one in found]
    line = {
        "name": str(words.MARGIN_PERCENT.title),
        "values": [None if one is None else round(one, 1) for one in rates],
    }
    return asked.chart("stack", x=[one.label for one in found], series=series, line=line)


def told_waterfall(asked: Asked, whole: Numbers, costless: Numbers) -> Told:
    steps = [
        (words.LIST, whole.list_e4, True),
        (words.DISCOUNTS, -whole.discount_e4, False),
        (words.GMV, whole.revenue_e4, True),
        (words.REFUNDS, -whole.refund_e4, False),
        (words.COST, -whole.cost_e4, False),
        (words.FEES, -whole.fee_e4, False),
        (words.MARGIN, whole.margin_e4, True),
    ]
    drawn_steps = [
        {"name": str(metric.title), "value": drawn(value), "is_total": is_total}
        for metric, value, is_total in steps
    ]
    return Told(
        columns=columns(_("Step"), _("Amount"), numbers=1),
        rows=[(Cell(metric.title), asked.money(value)) for metric, value, _is_total in steps],
        metrics=[metric for metric, _value, _is_total in steps],
        chart=asked.chart("waterfall", steps=drawn_steps) if whole.lines else None,
        note=(
            _left_out(asked, whole, costless)
            if whole.lines
            else _("Nothing was sold in this time.")
        ),
    )

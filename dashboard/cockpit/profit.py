"""What is left of what was paid: by channel, and from the price to the margin."""

from dataclasses import fields

from django.utils.translation import gettext as _

from analytics.types import ChannelRow, Numbers
from dashboard.cockpit.types import Asked, Cell, Told, columns, drawn, percent

MOST_DRAWN = 12


def summed(found: list[ChannelRow]) -> Numbers:
    """All channels together; different buyers are not counted here."""
    names = [field.name for field in fields(Numbers) if field.name != "buyers"]
    return Numbers(**{name: sum(getattr(one.numbers, name) for one in found) for name in names})


def told_channels(asked: Asked, found: list[ChannelRow]) -> Told:
    rows = [
        (Cell(one.label), asked.money(one.numbers.revenue_e4), asked.money(one.numbers.refund_e4),
         asked.money(one.numbers.cost_e4), asked.money(one.numbers.fee_e4),
         asked.money(one.numbers.margin_e4), percent(one.numbers.margin_percent))
        for one in found
    ]  # fmt: skip
    return Told(
        columns=columns(
            _("Channel"), _("Paid (GMV)"), _("Paid back"), _("Cost"), _("Fees"), _("Gross margin"),
            _("Margin %"), numbers=6,
        ),
        rows=rows,
        chart=_stacked(asked, found[:MOST_DRAWN]) if found else None,
    )  # fmt: skip


def _stacked(asked: Asked, found: list[ChannelRow]) -> dict[str, object]:
    parts = {
        _("Cost"): "cost_e4", _("Fees"): "fee_e4", _("Paid back"): "refund_e4",
        _("Gross margin"): "margin_e4",
    }  # fmt: skip
    series = [
        {"name": name, "values": [drawn(getattr(one.numbers, field)) for one in found]}
        for name, field in parts.items()
    ]
    rates = [one.numbers.margin_percent for one in found]
    line = {
        "name": _("Margin %"),
        "values": [None if one is None else round(one, 1) for one in rates],
    }
    return asked.chart("stack", x=[one.label for one in found], series=series, line=line)


def told_waterfall(asked: Asked, whole: Numbers) -> Told:
    steps = [
        (_("List price"), whole.list_e4, True),
        (_("Discounts"), -whole.discount_e4, False),
        (_("Paid (GMV)"), whole.revenue_e4, True),
        (_("Paid back"), -whole.refund_e4, False),
        (_("Cost"), -whole.cost_e4, False),
        (_("Fees"), -whole.fee_e4, False),
        (_("Gross margin"), whole.margin_e4, True),
    ]
    drawn_steps = [
        {"name": name, "value": drawn(value), "is_total": is_total}
        for name, value, is_total in steps
    ]
    return Told(
        columns=columns(_("Step"), _("Amount"), numbers=1),
        rows=[(Cell(name), asked.money(value)) for name, value, _is_total in steps],
        chart=asked.chart("waterfall", steps=drawn_steps) if whole.lines else None,
        note="" if whole.lines else _("Nothing was sold in this time."),
    )

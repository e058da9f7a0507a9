"""What the rules stop, from where buyers come, and the newest sales: nobody is named."""

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from analytics import words
from analytics.types import PlaceRow, Sale
from core.money import Money
from dashboard.cockpit.types import Asked, Cell, Told, amount, columns, number, percent
from dashboard.radar import rule_rows
from orders.selectors import held_openings, held_orders
from risk.selectors.watching import Radar
from risk.words import PROVINCES

MOST_DRAWN = 10


def told_risk(asked: Asked, found: Radar) -> Told:
    rows = rule_rows(found, currency=asked.currency)
    drawn_rows = rows[:MOST_DRAWN]
    return Told(
        columns=columns(_("Rule"), words.STOPPED, words.STOPPED_WORTH, numbers=2),
        rows=[
            (Cell(row["name"], link=row["link"]), number(row["rule"].count),
             asked.money(row["rule"].amount_e4))
            for row in rows
        ],
        chart=asked.chart(
            "bars",
            unit="count",
            names=[str(row["name"]) for row in drawn_rows],
            values=[row["rule"].count for row in drawn_rows],
        )
        if rows
        else None,
        note=_risk_words(asked, found),
    )  # fmt: skip


def _risk_words(asked: Asked, found: Radar) -> str:
    share = found.stopped * 100 / found.looked_at if found.looked_at else None
    waiting = held_orders().count() + held_openings().count()
    said = _(
        "%(looked)s orders looked at, %(stopped)s stopped (%(share)s) worth %(worth)s; "
        "%(waiting)s wait for a decision just now."
    ) % {
        "looked": f"{found.looked_at:,}",
        "stopped": f"{found.stopped:,}",
        "share": percent(share).text,
        "worth": amount(Money(found.protected_e4, asked.currency)),
        "waiting": f"{waiting:,}",
    }
    if found.is_whole:
        return said
    return f"{said} " + _("There was too much to count in time, and a part is missing.")


def told_places(asked: Asked, found: list[PlaceRow]) -> Told:
    known = [one for one in found if one.province in PROVINCES]
    drawn_places = [
        {"name": one.province, "words": str(PROVINCES[one.province]), "value": one.numbers.orders}
        for one in known
    ]
    here = {one.province for one in known}
    drawn_places += [
        {"name": name, "words": str(words), "value": 0}
        for name, words in PROVINCES.items()
        if name not in here
    ]
    return Told(
        columns=columns(_("Province"), words.ORDERS, words.GMV, numbers=2),
        rows=[
            (Cell(one.label), number(one.numbers.orders), asked.money(one.numbers.revenue_e4))
            for one in found
        ],
        chart=asked.chart("map", unit="count", places=drawn_places) if known else None,
        note="" if known or not found else _("Where the buyers are is not known of any order."),
    )


def told_ticker(asked: Asked, found: list[Sale]) -> Told:
    return Told(
        columns=columns(
            _("At"), _("Goods"), _("Channel"), _("Province"), _("Units"), _("Amount"), numbers=2
        ),
        rows=[
            (Cell(f"{localtime(one.at):%H:%M:%S}"),
             Cell(one.name, link=reverse("office_order", args=[one.order_id])),
             Cell(one.channel_label), Cell(str(PROVINCES.get(one.province, one.province)) or "-"),
             number(one.units), asked.money(one.revenue_e4))
            for one in found
        ],
        note="" if found else _("No sale yet."),
    )  # fmt: skip

"""What the risk rules stop, as it happens."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from core.money import Money
from dashboard.access import shop_of
from dashboard.frame import draw, page
from dashboard.measuring import stopped_fates
from dashboard.radar import fed, rule_rows, share_of, squares, wave_row
from orders.selectors import held_openings, held_orders
from risk.selectors import radar, stopped_lately, waves

HOURS = {1: timedelta(hours=1), 24: timedelta(days=1), 168: timedelta(days=7)}


@page("risk.view")
def show(request: HttpRequest) -> HttpResponse:
    now, hours = timezone.now(), _hours(request)
    currency = shop_of(request).currency
    found = radar(since=now - HOURS[hours], now=now)
    seen = waves(now=now)
    return draw(
        request,
        "dashboard/radar.html",
        title=_("Risk radar"),
        hours=hours,
        choices=[(1, _("1 hour")), (24, _("24 hours")), (168, _("7 days"))],
        figures=_figures(found, currency=currency, now=now),
        is_whole=found.is_whole and seen is not None,
        rules=rule_rows(found, currency=currency),
        squares=squares(found.places),
        waves=[wave_row(one) for one in seen or []],
        until=now,
        **_feed(currency),
    )


@page("risk.view")
def feed(request: HttpRequest) -> HttpResponse:
    """The newest rows alone, for the page that stays open."""
    rows = _feed(shop_of(request).currency)
    html = render_to_string("dashboard/_radar_feed.html", rows, request)
    return JsonResponse({"html": html})


def _feed(currency: str) -> dict[str, Any]:
    return {"rows": fed(stopped_lately(), currency=currency)}


def _hours(request: HttpRequest) -> int:
    given = request.GET.get("hours", "")
    return int(given) if given.isascii() and given.isdigit() and int(given) in HOURS else 24


def _figures(found: Any, *, currency: str, now: datetime) -> list[tuple[str, str, str]]:
    """Words, a figure, and what it means."""
    measured = stopped_fates(days=30, now=now)
    known = measured.bad + measured.honest
    counts = found.counts
    return [
        (_("Orders looked at"), str(found.looked_at), ""),
        (
            _("Stopped"),
            str(found.stopped),
            _("%(held)s held, %(refused)s refused: %(share)s")
            % {
                "held": counts.get("hold", 0),
                "refused": counts.get("deny", 0),
                "share": share_of(found.stopped, found.looked_at),
            },
        ),
        (_("Worth of what was stopped"), str(Money(found.protected_e4, currency)), ""),
        (_("Waiting for a decision"), str(held_orders().count() + held_openings().count()), ""),
        (
            _("Honest among the stopped"),
            share_of(measured.honest, known),
            _("of %(known)s decided in 30 days") % {"known": known},
        ),
    ]

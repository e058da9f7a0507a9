"""The cockpit: the page, the wall, and each block of them alone for a page that stays open."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from dashboard.access import allows, require, shop_of
from dashboard.cockpit.blocks import BLOCKS, COCKPIT, WALL
from dashboard.cockpit.files import asked_of, csv_of
from dashboard.cockpit.ranges import CHOICES, CUSTOM, last_days, range_of
from dashboard.cockpit.types import Asked, Block, Told
from dashboard.frame import draw, page

RIGHT = "risk.view"


@page(RIGHT)
def show(request: HttpRequest) -> HttpResponse:
    """A range that cannot be is told at its form, and nothing is counted."""
    refusal = None
    try:
        asked = asked_of(request, range_of(request.GET, today=timezone.localdate()))
    except InvalidInput as refused:
        refusal, asked = refused, None
    return draw(
        request,
        "dashboard/cockpit.html",
        is_refused=refusal is not None,
        title=_("Cockpit"),
        refusal=refusal,
        choices=CHOICES.items(),
        range=asked.range if asked else None,
        typed=_typed(request.GET, asked),
        today=timezone.localdate(),
        blocks=_blocks(request, COCKPIT, asked) if asked else [],
        zone=shop_of(request).time_zone,
    )


@page(RIGHT)
def wall(request: HttpRequest) -> HttpResponse:
    """Today, large and dark, for a screen that everybody sees."""
    asked = asked_of(request, last_days("today", today=timezone.localdate()))
    return draw(
        request,
        "dashboard/cockpit_wall.html",
        title=_("Cockpit"),
        blocks=_blocks(request, WALL, asked),
        zone=shop_of(request).time_zone,
    )


@page(RIGHT)
def block(request: HttpRequest, name: str) -> HttpResponse:
    """One block as it is now: its chart, and its table drawn."""
    found = _block(request, name)
    told = found.tell(asked_of(request, range_of(request.GET, today=timezone.localdate())))
    response = JsonResponse({"chart": told.chart, "html": _html(request, found, told)})
    response["Cache-Control"] = "no-store"
    return response


@page(RIGHT)
def block_csv(request: HttpRequest, name: str) -> HttpResponse:
    found = _block(request, name)
    asked = asked_of(request, range_of(request.GET, today=timezone.localdate()))
    told = found.tell(asked)
    return csv_of(told, name=f"{name}-{asked.range.first}-{asked.range.last}")


def _block(request: HttpRequest, name: str) -> Block:
    found = BLOCKS.get(name)
    if found is None:
        raise NotFound
    require(request, found.right)
    return found


def _blocks(request: HttpRequest, names: tuple[str, ...], asked: Asked) -> list[dict[str, Any]]:
    """Each with what it tells now, so that the page is whole before any script runs."""
    found = [BLOCKS[name] for name in names]
    return [_drawn(request, one, asked) for one in found if allows(request, one.right)]


def _drawn(request: HttpRequest, one: Block, asked: Asked) -> dict[str, Any]:
    told = one.tell(asked)
    return {
        "block": one,
        "chart": told.chart,
        "terms": told.terms,
        "html": _html(request, one, told),
        "link": f"{reverse('office_cockpit_block', args=[one.name])}?{asked.range.query}",
        "csv": f"{reverse('office_cockpit_csv', args=[one.name])}?{asked.range.query}",
    }


def _html(request: HttpRequest, one: Block, told: Told) -> str:
    return render_to_string("dashboard/_cockpit_twin.html", {"block": one, "told": told}, request)


def _typed(given: QueryDict, asked: Asked | None) -> dict[str, str]:
    """What stands in the form: what was typed, or else the days that are shown."""
    if asked is None:
        return {"since": given.get("since", ""), "until": given.get("until", "")}
    return {"since": f"{asked.range.first}", "until": f"{asked.range.last}", CUSTOM: ""}

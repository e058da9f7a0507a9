"""What is settled with suppliers, cycle by cycle: deliveries, bill and payments at a glance."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import AppError, InvalidInput
from core.money import Money
from dashboard.frame import draw, page
from dashboard.reading import day_of, ids_in
from fulfillment.selectors import cycles_with_late
from suppliers.models import Supplier
from suppliers.selectors.cycles import CycleFigures

OF_EACH, OF_ONE = 2, 12  # cycles
YEARS = range(2000, 2100)
_DAY = timedelta(days=1)


@page("bills.settle")
def settlement(request: HttpRequest) -> HttpResponse:
    """The latest cycles of every supplier, or more of one, back from a day."""
    day, why = timezone.localdate(), ""
    try:
        day = _day(request) or day
    except AppError as refusal:
        why = str(refusal.message)
    everyone = list(Supplier.objects.all())
    chosen = ids_in([request.GET.get("supplier", "")])[:1]
    some = [one for one in everyone if one.pk in chosen] if chosen else everyone
    found = cycles_with_late(suppliers=some, until=day, count=OF_ONE if chosen else OF_EACH)
    return draw(
        request,
        "dashboard/settlement.html",
        title=_("Settlement"),
        is_refused=bool(why),
        why=why,
        suppliers=[(str(one.pk), one.name) for one in everyone],
        chosen={"supplier": str(chosen[0]) if chosen else "", "until": day},
        cycles=[_shown(one, today=timezone.localdate()) for one in found],
        earlier=_earlier(found) if chosen else None,
    )


def _day(request: HttpRequest) -> date | None:
    day = day_of(request.GET.get("until", ""), param="until")
    if day is not None and day.year not in YEARS:
        raise InvalidInput(_("Choose a day of our time."), param="until")
    return day


def _earlier(found: list[CycleFigures]) -> date | None:
    """The day before the oldest of the cycles shown."""
    first = min((one.since for one in found), default=None)
    return first - _DAY if first and first.year > YEARS.start else None


def _shown(one: CycleFigures, *, today: date) -> dict[str, Any]:
    def money(e4: int | None) -> Money | None:
        return None if e4 is None else Money(e4, one.supplier.currency)

    is_late = one.due_on is not None and one.due_on < today and one.left_e4 > 0
    return {
        "row": one,
        "ours": money(one.ours_e4),
        "billed": money(one.billed_e4),
        "differs": money(one.differs_e4),
        "paid": money(one.paid_e4),
        "left": money(one.left_e4),
        "is_late": is_late,
        "is_running": one.until >= today,
    }

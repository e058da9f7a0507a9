"""What was promised and how far it is."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import Unit, UnitMove
from fulfillment.states import ENDED, UnitState
from orders.types import Thing, TimelineRow

_TEXT: dict[str, str | Promise] = {
    UnitState.QUEUED: gettext_lazy("Queued for delivery: %(what)s."),
    UnitState.SENDING: gettext_lazy("Being ordered from the supplier: %(what)s."),
    UnitState.ACCEPTED: gettext_lazy("The supplier has accepted: %(what)s."),
    UnitState.UNKNOWN: gettext_lazy("The supplier has not confirmed yet: %(what)s."),
    UnitState.WAITING: gettext_lazy("Out of stock after payment: %(what)s."),
    UnitState.BY_HAND: gettext_lazy("The shop prepares this by hand: %(what)s."),
    UnitState.REVIEW: gettext_lazy("A person at the shop looks at it: %(what)s."),
    UnitState.DELIVERED: gettext_lazy("Delivered: %(what)s."),
    UnitState.FAILED: gettext_lazy("Delivery failed: %(what)s."),
    UnitState.REPLACED: gettext_lazy("A code did not work and was replaced: %(what)s."),
    UnitState.REFUNDED: gettext_lazy("Refunded: %(what)s."),
    UnitState.CANCELED: gettext_lazy("Canceled: %(what)s."),
}
_NEXT: dict[str, str | Promise] = {
    UnitState.QUEUED: gettext_lazy("Delivery starts within seconds."),
    UnitState.WAITING: gettext_lazy(
        "We look for stock every minute; without any, the money goes back by itself."
    ),
    UnitState.BY_HAND: gettext_lazy("Delivered by then, or a second person is called."),
    UnitState.REVIEW: gettext_lazy("Decided by then; otherwise the money goes back by itself."),
}


def units_of(*, order_id: int) -> "QuerySet[Unit]":
    """The order's units, replaced ones included."""
    return Unit.objects.filter(order_id=order_id).select_related("item").order_by("position", "pk")


def find_order_ids_by_code(*, code_ids: Iterable[int]) -> list[int]:
    """The orders that these codes were delivered to, replaced ones included."""
    found = Unit.objects.filter(code_id__in=list(code_ids))
    return list(found.values_list("order_id", flat=True).distinct())


def units_to_do() -> "QuerySet[Unit]":
    """What waits for a person or for stock, the most urgent first: a to-do of the office."""
    waiting = [UnitState.BY_HAND, UnitState.REVIEW, UnitState.WAITING]
    return (
        Unit.objects.filter(state__in=waiting)
        .select_related("item", "order")
        .order_by("review_until", "pk")
    )


def due_units(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, order) of units whose next time has come, across tenants: for the sweeper."""
    due = Unit.objects.using("ops").filter(next_at__lte=now).order_by("next_at")
    found = due.values_list("tenant_id", "order_id")[:limit]
    return list(dict.fromkeys(found))


def timeline_rows(*, order_id: int) -> list[TimelineRow]:
    """The units' part of an order's history: what moved together is one line."""
    units = {unit.pk: unit for unit in units_of(order_id=order_id)}
    moves = list(
        UnitMove.objects.filter(unit__order_id=order_id).order_by("at", "new", "reason", "pk")
    )
    last = {move.unit_id: move.pk for move in sorted(moves, key=lambda move: move.pk)}

    def same(move: UnitMove) -> tuple[datetime, str, str, int]:
        return move.at, move.new, move.reason, units[move.unit_id].item_id

    rows = []
    for _key, group in groupby(sorted(moves, key=same), key=same):
        together = list(group)
        is_last = any(last[move.unit_id] == move.pk for move in together)
        rows.append(_row(together, units, is_last=is_last))
    return rows + _shown_rows(units.values())


def _row(moves: list[UnitMove], units: dict[int, Unit], *, is_last: bool) -> TimelineRow:
    first = moves[0]
    unit = units[first.unit_id]
    what = unit.item.shown_name + (f" × {len(moves)}" if len(moves) > 1 else "")
    is_waiting = is_last and first.new not in ENDED
    return TimelineRow(
        at=first.at,
        thing=Thing.UNIT,
        text=str(_TEXT[first.new]) % {"what": what},
        by=first.by,
        state=first.new,
        reason=first.reason,
        ref=str(unit.position),
        next_text=str(_NEXT.get(first.new, "")) if is_waiting else "",
        next_at=(unit.review_until or unit.next_at) if is_waiting else None,
    )


def _shown_rows(units: Iterable[Unit]) -> list[TimelineRow]:
    moments = sorted({unit.shown_at for unit in units if unit.shown_at})
    return [
        TimelineRow(
            at=at,
            thing=Thing.UNIT,
            text=_("The buyer opened the goods on the order page."),
            by="shopper",
            state="shown",
        )
        for at in moments
    ]

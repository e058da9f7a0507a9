"""The part of an order's history that tells of its units, and of every try at a supplier."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import Unit, UnitMove
from fulfillment.selectors.units import units_of
from fulfillment.states import ENDED, Source, UnitState
from orders.types import Thing, TimelineRow
from payments.states import OWN_RISK
from suppliers.selectors import complaint_moves_of_units, moves_of_units
from suppliers.words import said_words

if TYPE_CHECKING:
    from suppliers.models import AttemptMove

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
    UnitState.ACCEPTED: gettext_lazy("It is asked for until it is there; by then a person looks."),
    UnitState.UNKNOWN: gettext_lazy(
        "It is asked for, and never bought a second time; by then a person looks."
    ),
    UnitState.WAITING: gettext_lazy(
        "We look for stock every minute; without any, the money goes back by itself."
    ),
    UnitState.BY_HAND: gettext_lazy("Delivered by then, or a second person is called."),
    UnitState.REVIEW: gettext_lazy("Decided by then; otherwise the money goes back by itself."),
}
_WHY: dict[str, str | Promise] = {
    "sent_anew": gettext_lazy("What was delivered is void, and was sent anew: %(what)s."),
    "no_route": gettext_lazy("No supplier can be asked just now: %(what)s."),
    "next_supplier": gettext_lazy(
        "Nothing was bought there; the next supplier is asked: %(what)s."
    ),
    OWN_RISK: gettext_lazy(
        "Refunded at the shop's own risk, before the supplier has answered: %(what)s."
    ),
    "late_supplier": gettext_lazy(
        "The supplier did not confirm in time; a person looks: %(what)s."
    ),
}
_TRY: dict[str, str | Promise] = {
    "sent": gettext_lazy("Ordered from %(supplier)s as %(number)s."),
    "accepted": gettext_lazy("%(supplier)s has it: %(said)s"),
    "success": gettext_lazy("%(supplier)s delivered it."),
    "failed": gettext_lazy("%(supplier)s did not deliver it: %(said)s"),
    "rejected": gettext_lazy("%(supplier)s refused it: %(said)s"),
    "unknown": gettext_lazy("%(supplier)s did not confirm it: %(said)s"),
    "reversed": gettext_lazy("%(supplier)s took it back."),
}
# Of who says so without a word.
_SILENT: dict[str, str | Promise] = {"accepted": gettext_lazy("%(supplier)s has it.")}
_COMPLAINT: dict[str, str | Promise] = {
    "sending": gettext_lazy("A complaint was sent to %(supplier)s about %(number)s."),
    "sent": gettext_lazy("%(supplier)s has the complaint."),
    "refused": gettext_lazy("%(supplier)s refused the complaint."),
    "unknown": gettext_lazy("%(supplier)s did not confirm the complaint."),
    "processing": gettext_lazy("%(supplier)s is at the complaint."),
    "done": gettext_lazy("%(supplier)s has dealt with the complaint."),
    "ended": gettext_lazy("%(supplier)s has closed the complaint."),
}
_LATE = gettext_lazy("%(supplier)s says otherwise now: %(said)s. Please look at it.")


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
    return rows + _tries(units) + _complaints(units) + _shown_rows(units.values())


def _row(moves: list[UnitMove], units: dict[int, Unit], *, is_last: bool) -> TimelineRow:
    first = moves[0]
    unit = units[first.unit_id]
    what = unit.item.shown_name + (f" × {len(moves)}" if len(moves) > 1 else "")
    is_waiting = is_last and first.new not in ENDED
    return TimelineRow(
        at=first.at,
        thing=Thing.UNIT,
        text=str(_WHY.get(first.reason, _TEXT[first.new])) % {"what": what},
        by=first.by,
        state=first.new,
        reason=first.reason,
        ref=str(unit.position),
        next_text=str(_NEXT.get(first.new, "")) if is_waiting else "",
        next_at=(unit.review_until or unit.next_at) if is_waiting else None,
    )


def _tries(units: dict[int, Unit]) -> list[TimelineRow]:
    """What was ordered of whom, and what they said each time that it was news."""
    bought = [pk for pk, unit in units.items() if unit.source == Source.SUPPLIER]
    if not bought:
        return []
    return [
        TimelineRow(
            at=move.at,
            thing=Thing.SUPPLIER,
            text=str(_words(move)) % _told(move),
            by=move.by,
            state=move.new,
            ref=str(units[move.attempt.unit_id].position),
        )
        for move in moves_of_units(unit_ids=bought)
        if move.new in _TRY
    ]


def _complaints(units: dict[int, Unit]) -> list[TimelineRow]:
    """What its supplier was told of a thing afterwards. What is said may hold a code: it stands at
    the case only."""
    bought = [pk for pk, unit in units.items() if unit.source == Source.SUPPLIER]
    if not bought:
        return []
    return [
        TimelineRow(
            at=move.at,
            thing=Thing.SUPPLIER,
            text=str(_COMPLAINT[move.new])
            % {"supplier": attempt.offer.supplier.name, "number": attempt.number},
            by=move.by,
            state=f"complaint_{move.new}",
            ref=str(units[attempt.unit_id].position),
        )
        for move in complaint_moves_of_units(unit_ids=bought)
        for attempt in [move.complaint.attempt]
    ]


def _words(move: "AttemptMove") -> str | Promise:
    if move.old == move.new:
        return _LATE
    is_silent = not move.data.get("said") and move.reason == move.new
    return _SILENT[move.new] if is_silent and move.new in _SILENT else _TRY[move.new]


def _told(move: "AttemptMove") -> dict[str, str]:
    attempt = move.attempt
    supplier = attempt.offer.supplier
    return {
        "supplier": supplier.name,
        "number": attempt.number,
        "said": said_words(move.data.get("said") or move.reason),
    }


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

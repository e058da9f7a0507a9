"""What cannot be paid back just now, because a supplier has it or may have it."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from fulfillment.models import Unit
from fulfillment.selectors.units import units_of
from fulfillment.states import WITH_SUPPLIER, Source, UnitState
from suppliers.states import NOTHING_BOUGHT


def units_with_supplier(*, units: Iterable[Unit]) -> list[Unit]:
    """Those of them that a supplier may have bought and has not answered for good.

    What is in review may be paid back at the shop's own risk; the others not at all yet.
    """
    bought = [unit for unit in units if unit.source == Source.SUPPLIER]
    reviewed = [unit.pk for unit in bought if unit.state == UnitState.REVIEW]
    may_be_there = set()
    if reviewed:
        found = Unit.objects.filter(pk__in=reviewed, attempt__isnull=False)
        found = found.exclude(attempt__state__in=sorted(NOTHING_BOUGHT))
        may_be_there = set(found.values_list("pk", flat=True))
    return [unit for unit in bought if unit.state in WITH_SUPPLIER or unit.pk in may_be_there]


def find_held_words(*, order_id: int, unit_ids: Iterable[int] | None = None) -> str:
    """Which of the order's things, or of those named, a supplier has, in a person's words; "" for
    none."""
    wanted = None if unit_ids is None else set(unit_ids)
    units = [
        unit
        for unit in units_of(order_id=order_id)
        if unit.state != UnitState.REPLACED and (wanted is None or unit.pk in wanted)
    ]
    return held_words(held=units_with_supplier(units=units), total=len(units))


def held_words(*, held: Sequence[Unit], total: int) -> str:
    if not held:
        return ""
    named = _(", ").join(f"{unit.item.shown_name} #{unit.position}" for unit in held)
    return _(
        "%(count)s of %(total)s are with a supplier (%(what)s). They cannot be paid back before "
        "it answers; what it has not confirmed in time only at your own risk."
    ) % {"count": len(held), "total": total, "what": named}

"""What a refund pays back."""

from fulfillment.models import Unit
from fulfillment.selectors.held import units_with_supplier
from fulfillment.states import CAN_BE_REFUNDED, Source, UnitState


def with_their_lines(*, asked: list[Unit], units: list[Unit]) -> list[Unit]:
    """Undelivered things of one line go together, since stock gives or takes a line as a whole."""
    lines = {
        unit.item_id
        for unit in asked
        if unit.delivered_at is None and unit.source != Source.SUPPLIER
    }
    together = [unit for unit in units if unit.delivered_at is None and unit.item_id in lines]
    return [unit for unit in units if unit in asked or unit in together]


def has_something_to_pay_back(*, units: list[Unit], unit_id: int | None) -> bool:
    """Of the one, or of all units of a paid order; of an order that has none yet, all."""
    return not units or any(one.state in CAN_BE_REFUNDED for one in _asked(units, unit_id))


def units_to_pay_back(*, units: list[Unit], unit_id: int | None) -> list[Unit]:
    """Those of an order's units that a refund of the one, or of all, pays back just now."""
    live = [one for one in units if one.state != UnitState.REPLACED]
    asked = _asked(live, unit_id)
    held = units_with_supplier(units=asked)
    chosen = with_their_lines(asked=asked, units=live)
    return [one for one in chosen if one.state in CAN_BE_REFUNDED and one not in held]


def _asked(units: list[Unit], unit_id: int | None) -> list[Unit]:
    return [one for one in units if unit_id in {None, one.pk}]

"""What a refund pays back."""

from fulfillment.models import Unit
from fulfillment.selectors.held import units_with_supplier
from fulfillment.selectors.units import units_of
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


def units_to_pay_back(*, order_id: int, unit_id: int | None) -> list[Unit]:
    """Those that a refund of the one, or of all, pays back just now."""
    units = [one for one in units_of(order_id=order_id) if one.state != UnitState.REPLACED]
    asked = [one for one in units if unit_id is None or one.pk == unit_id]
    held = units_with_supplier(units=asked)
    chosen = with_their_lines(asked=asked, units=units)
    return [one for one in chosen if one.state in CAN_BE_REFUNDED and one not in held]

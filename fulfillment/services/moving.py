"""The one door through which units move, and the one place that stores them with their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import NotFound
from core.rows import fetch, insert
from core.scope import require_tenant
from core.sheets import Sheet
from core.statements import run
from core.states import check_move
from fulfillment.models import Unit, UnitMove
from fulfillment.states import MOVES, UnitState
from orders import services as orders
from orders.selectors import items_of_order

if TYPE_CHECKING:
    from orders.models import Order


_ORDER_OF = "SELECT order_id FROM fulfillment_unit WHERE tenant_id = %s AND id = %s"


@dataclass
class Moving:
    """What one call does to the units of an order that it has taken: moved in memory, each move
    checked, then stored together. New units and their history are two statements, however many."""

    order: "Order"
    by: Actor
    now: datetime
    _changed: dict[int, tuple[Unit, set[str]]] = field(default_factory=dict)
    _moves: list[dict[str, Any]] = field(default_factory=list)

    def move(
        self,
        unit: Unit,
        new: UnitState,
        *,
        reason: str,
        data: Mapping[str, str] | None = None,
        **also: Any,
    ) -> None:
        """Move a unit, or raise MoveRefused. What is not waiting any more has no next time.

        `data` are the reason's details for the history; `also` are columns of the unit.
        """
        old = UnitState(unit.state)
        check_move(MOVES, old, new)
        also = {"reason": reason, "next_at": None, "review_until": None} | also
        unit.state = new
        for name, value in also.items():
            setattr(unit, name, value)
        _unit, names = self._changed.setdefault(id(unit), (unit, {"state"}))
        names.update(also)
        self._moves.append(
            {
                "unit": unit,
                "old": old,
                "new": new,
                "by": self.by.label[:80],
                "reason": reason[:60],
                "data": dict(data or {}),
                "at": self.now,
            }
        )

    def store(self, *, fresh: Sequence[Unit] = (), sheet: Sheet | None = None) -> None:
        """Write what was moved; `fresh` units are stored now, in their last state.

        What is there already, or a single fresh one, goes on the `sheet` of a caller who gives it
        and writes it; several fresh ones are shorter as statements of their own.
        """
        if sheet is not None and len(fresh) <= 1:
            self._put_on(sheet, fresh)
        else:
            for unit, names in self._changed.values():
                if unit.pk is not None:
                    unit.save(update_fields=sorted(names))
            insert(fresh)
            insert([UnitMove(**move) for move in self._moves])
        self._changed, self._moves = {}, []

    def _put_on(self, sheet: Sheet, fresh: Sequence[Unit]) -> None:
        sheet.insert(*fresh)
        for unit, names in self._changed.values():
            if unit.pk is not None:
                sheet.change(unit, **{name: getattr(unit, name) for name in sorted(names)})
        for move in self._moves:
            sheet.note(UnitMove, **move)


def take_unit(*, unit_id: int, order_id: int | None = None) -> tuple["Order", Unit]:
    """The unit and its order, locked by way of the order until the transaction ends."""
    if order_id is None:
        found = run(_ORDER_OF, [require_tenant(), unit_id]).rows
        if not found:
            raise NotFound(_("There is no such delivery."))
        ((order_id,),) = found
    order = orders.take_order(order_id=order_id)
    (unit,) = fetch(Unit, "id = %s", unit_id)
    unit.item = next(item for item in items_of_order(order) if item.pk == unit.item_id)
    return order, unit

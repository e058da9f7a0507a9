"""What the buyer bought, in the clear: for his order page and the answer of an API call, and for
staff with a reason."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.actors import Actor
from core.crypto import unseal
from core.errors import NotFound
from core.outbox import emit
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment.events import GoodsShown
from fulfillment.models import HAND_TEXT, Unit
from fulfillment.selectors import can_be_revealed
from fulfillment.states import Source, UnitState
from fulfillment.types import UnitGoods
from inventory import services as inventory
from inventory.types import Goods, GoodsText
from suppliers import services as suppliers
from suppliers.types import BoughtCode
from tenants import audit


@tenant_atomic
def goods_of_order(*, order_id: int, shown_at: datetime | None = None) -> list[UnitGoods]:
    """Every delivered thing of the order with its secret; `shown_at` remembers that the buyer has
    seen it (the first time counts: it is evidence)."""
    found = Unit.objects.filter(order_id=order_id, state=UnitState.DELIVERED)
    units = list(found.select_related("item").order_by("position"))
    if shown_at is not None and any(unit.shown_at is None for unit in units):
        found.filter(shown_at=None).update(shown_at=shown_at)
        emit(GoodsShown(order_id=order_id))
    return _read(units)


@tenant_atomic
def reveal_goods(*, unit_id: int, by: Actor, reason: str, now: datetime) -> UnitGoods:
    """What was delivered and is no code of the shop's own stock, opened for a member of staff, also
    of what was replaced or paid back: audited, with a reason, 50 a day.

    Whether this person may is the caller's question. Raises as `audit.record_look`, and NotFound
    where there is nothing of that kind to read.
    """
    unit = Unit.objects.select_related("item", "order").get(pk=unit_id)
    found = _read([unit])[0] if can_be_revealed(unit) else None
    if found is None or found.secret is None:
        raise NotFound
    audit.record_look(
        by=by,
        action="unit.read",
        target=unit.order.number,
        reason=reason,
        data={"unit": unit.pk, "position": unit.position},
        now=now,
    )
    return found


def _read(units: Sequence[Unit]) -> list[UnitGoods]:
    stocked = [unit for unit in units if unit.code_id or unit.content_id]
    texts = inventory.read_goods(
        goods=[Goods(code_id=unit.code_id, content_id=unit.content_id) for unit in stocked]
    )
    by_unit = dict(zip((unit.pk for unit in stocked), texts, strict=True)) | _bought(units)
    return [_goods(unit, by_unit.get(unit.pk)) for unit in units]


def _bought(units: Iterable[Unit]) -> dict[int, GoodsText]:
    """The codes that suppliers delivered, by unit."""
    by_attempt = {
        unit.attempt_id: unit.pk
        for unit in units
        if unit.source == Source.SUPPLIER and unit.attempt_id is not None
    }
    codes = suppliers.read_bought(attempt_ids=by_attempt) if by_attempt else {}
    return {by_attempt[each]: _as_text(found[0]) for each, found in codes.items() if found}


def _as_text(code: BoughtCode) -> GoodsText:
    is_link = code.secret.reveal().startswith("https://")
    return GoodsText(
        card_no=code.number,
        secret=code.secret,
        kind="link" if is_link else "code",
        expires_on=code.expires_on,
    )


def _goods(unit: Unit, text: GoodsText | None) -> UnitGoods:
    """A unit as its buyer reads it. Text by hand is the unit's own; a top-up has none to read."""
    if text is None and unit.hand_text:
        clear = unseal(bytes(unit.hand_text), place=HAND_TEXT, uid=unit.uid)
        text = GoodsText(card_no=None, secret=Secret(clear), kind="text", expires_on=None)
    return UnitGoods(
        unit_id=unit.pk,
        item_id=unit.item_id,
        position=unit.position,
        state=unit.state,
        name=unit.item.shown_name,
        kind=text.kind if text else "top_up",
        card_no=text.card_no if text else None,
        secret=text.secret if text else None,
        expires_on=text.expires_on if text else None,
        delivered_at=unit.delivered_at,
    )

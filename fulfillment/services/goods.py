"""What the buyer bought, in the clear: for his order page and the answer of an API call only."""

from datetime import datetime

from core.crypto import unseal
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment.models import HAND_TEXT, Unit
from fulfillment.states import UnitState
from fulfillment.types import UnitGoods
from inventory import services as inventory
from inventory.types import Goods, GoodsText


@tenant_atomic
def goods_of_order(*, order_id: int, shown_at: datetime | None = None) -> list[UnitGoods]:
    """Every delivered thing of the order with its secret; `shown_at` remembers that the buyer has
    seen it (the first time counts: it is evidence)."""
    found = Unit.objects.filter(order_id=order_id, state=UnitState.DELIVERED)
    units = list(found.select_related("item").order_by("position"))
    if shown_at is not None and any(unit.shown_at is None for unit in units):
        found.filter(shown_at=None).update(shown_at=shown_at)
    stocked = [unit for unit in units if unit.code_id or unit.content_id]
    texts = inventory.read_goods(
        goods=[Goods(code_id=unit.code_id, content_id=unit.content_id) for unit in stocked]
    )
    by_unit = dict(zip((unit.pk for unit in stocked), texts, strict=True))
    return [_goods(unit, by_unit.get(unit.pk)) for unit in units]


def _goods(unit: Unit, text: GoodsText | None) -> UnitGoods:
    if text is None:
        clear = unseal(bytes(unit.hand_text or b""), place=HAND_TEXT, uid=unit.uid)
        text = GoodsText(card_no=None, secret=Secret(clear), kind="text", expires_on=None)
    return UnitGoods(
        unit_id=unit.pk,
        item_id=unit.item_id,
        position=unit.position,
        state=unit.state,
        name=unit.item.shown_name,
        kind=text.kind,
        card_no=text.card_no,
        secret=text.secret,
        expires_on=text.expires_on,
        delivered_at=unit.delivered_at,
    )

"""Sold in the moment it is taken, for who pays in the same transaction: nothing is held before."""

from datetime import date, datetime
from uuid import UUID

from core.scope import ScopeError, tenant_atomic, tenant_in_force
from core.statements import run
from inventory.services.claim import any_lane, claim, needs_of
from inventory.services.holds import sell
from inventory.services.reveal import open_code, read_goods
from inventory.states import HoldState
from inventory.types import Goods, HoldRequest, Sold

# The claim's and the sale's statement in one, for one code (see its migration).
_SELL_ONE = "SELECT * FROM inventory_sell_one(%s, %s, %s, %s, %s, %s, %s)"
_SELL_ONE_TAKES = ("tenant", "sku", "lane", "first_day", "item", "min_days", "now")


def sell_at_once(*, request: HoldRequest, now: datetime) -> list[Sold]:
    """Take and sell `quantity` of the SKU for the item, all or none, with what its buyer reads.

    Raises OutOfStock. Within a caller's transaction.
    """
    if tenant_in_force() is None:
        raise ScopeError("Codes are sold in the transaction that hands them over.")
    if request.quantity == 1:
        given = needs_of(request, state=HoldState.SOLD, now=now) | {"lane": any_lane()}
        rows = run(_SELL_ONE, [given[name] for name in _SELL_ONE_TAKES]).rows
        if rows:
            return [_sold(*rows[0])]
    return _sell_thoroughly(request, now=now)


@tenant_atomic
def _sell_thoroughly(request: HoldRequest, *, now: datetime) -> list[Sold]:
    """Several, a content, or one that the first look did not find."""
    claim(request=request, state=HoldState.KEPT, now=now)
    goods = sell(item_id=request.item_id, now=now)
    texts = read_goods(goods=goods)
    return [Sold(goods=one, text=text) for one, text in zip(goods, texts, strict=True)]


def _sold(code_id: int, uid: UUID, card_no: bytes | None, secret: bytes, expires_on: date) -> Sold:
    return Sold(
        goods=Goods(code_id=code_id),
        text=open_code(uid=uid, card_no=card_no, secret=secret, expires_on=expires_on),
    )

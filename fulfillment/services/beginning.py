"""A unit's try at a supplier: who is asked, and for what."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from core.actors import SYSTEM
from core.sheets import Sheet
from fulfillment.models import Unit
from fulfillment.services.ending import finish, pay_back
from fulfillment.services.moving import Moving
from fulfillment.services.queueing import LEASE, LOOK_AGAIN, ROUTE_WITHIN, decided_until
from fulfillment.states import UnitState
from fulfillment.types import Lease
from orders.selectors import buyer_fields_of
from suppliers import services as suppliers
from suppliers.errors import SupplierBusy
from suppliers.selectors import choose_offer, most_for
from suppliers.types import Kind, Passed, PurchaseOrder, Sale
from tenants.selectors import get_shop, shop_address

if TYPE_CHECKING:
    from orders.models import Order
    from suppliers.models import Attempt, Offer
    from suppliers.types import Choice

# Beside the line of its process: should that end, the sweeper has it looked at then.
IN_LINE = timedelta(seconds=10)
NEXT_TURN, SOON = timedelta(seconds=1), timedelta(seconds=5)
# So long a busy supplier is waited for before one that comes after it is asked.
PASSED_OVER_AFTER = timedelta(seconds=10)
_NOBODY = UUID(int=0)


def begin(order: "Order", unit: Unit, *, tried: list[int], now: datetime) -> Lease | None:
    """A try at the supplier that is chosen for it; or none, and the unit waits or is given up.

    One that is busy is waited for, and passed over when the unit is not served ten seconds after
    it was opened, whatever it waited for until then.
    """
    choice = _choice(order, unit, Passed(tried=tried), now=now)
    first = choice.offer
    if first is None or (unit.review_until and unit.review_until <= now):
        _go_without(order, unit, choice, now=now)
        return None
    busy: list[int] = []
    lease = _try(order, unit, choice, now=now)
    while lease is None and now - unit.opened_at >= PASSED_OVER_AFTER and choice.offer:
        busy.append(choice.offer.supplier_id)
        choice = _choice(order, unit, Passed(tried=tried, busy=busy), now=now)
        lease = _try(order, unit, choice, now=now)
    if lease is None:
        is_in_line = suppliers.stand_in_line(supplier_id=first.supplier_id, thing_id=unit.pk)
        unit.next_at = now + (IN_LINE if is_in_line else NEXT_TURN)
        unit.save(update_fields=["next_at"])
    return lease


def _choice(order: "Order", unit: Unit, passed: Passed, *, now: datetime) -> "Choice":
    return choose_offer(
        sku_id=unit.item.sku_id,
        sale=_sale(order, unit),
        key=f"{order.number}/{unit.position}",
        zone=_shop(order.tenant_id, int(now.timestamp()) // 60).zone,
        now=now,
        passed=passed,
    )


def _sale(order: "Order", unit: Unit) -> Sale:
    return Sale(
        paid_e4=unit.paid_e4,
        channel=order.channel,
        slow_hours=unit.item.slow_hours,
        may_lose=order.may_lose,
    )


def _try(order: "Order", unit: Unit, choice: "Choice", *, now: datetime) -> Lease | None:
    """None if the supplier is busy, or nobody was chosen."""
    if choice.offer is None:
        return None
    if suppliers.is_crowded(supplier_id=choice.offer.supplier_id, is_first=True):
        return None
    sheet = Sheet()
    try:
        attempt = suppliers.begin_sent(unit_id=unit.pk, choice=choice, now=now, sheet=sheet)
    except SupplierBusy:
        return None
    moving = Moving(order=order, by=SYSTEM, now=now)
    until = max(now, decided_until(unit))
    moving.move(
        unit,
        UnitState.SENDING,
        reason="to_supplier",
        attempt_id=attempt.pk,
        next_at=until,
        review_until=until,
    )
    moving.store(sheet=sheet)
    lease = lease_of(unit, attempt, is_first=True, now=now, sheet=sheet)
    sheet.write()
    return lease


def lease_of(
    unit: Unit, attempt: "Attempt", *, is_first: bool, now: datetime, sheet: Sheet
) -> Lease:
    unit.fence += 1
    sheet.change(unit, fence=unit.fence, lease_until=now + LEASE)
    return Lease(
        order_id=unit.order_id,
        unit_id=unit.pk,
        fence=unit.fence,
        attempt=attempt,
        order=_purchase(unit, attempt.offer, now=now),
        is_first=is_first,
    )


class _Shop(NamedTuple):
    zone: ZoneInfo
    callbacks: str  # an address with room for the supplier's own name


@lru_cache(maxsize=4096)
def _shop(tenant_id: int, minute: int) -> _Shop:
    """Kept for a minute: no setting changes the zone, and a shop keeps its address for long."""
    address = shop_address(path=reverse("suppliers:callback", args=[_NOBODY]))
    return _Shop(ZoneInfo(get_shop().time_zone), address.replace(str(_NOBODY), "{uid}"))


def _purchase(unit: Unit, offer: "Offer", *, now: datetime) -> PurchaseOrder:
    """What is to be bought. The form's first answer is the account or phone that is topped up."""
    given = {key: text.reveal() for key, text in buyer_fields_of(item=unit.item).items()}
    callbacks = _shop(unit.tenant_id, int(now.timestamp()) // 60).callbacks
    kind, target = Kind.CODES, ""
    if unit.item.kind == "top_up":
        kind = Kind.PHONE if offer.face_value else Kind.TOP_UP
        target = given.pop(next(iter(given)), "") if given else ""
    return PurchaseOrder(
        product=offer.product,
        kind=kind,
        quantity=1,
        target=target,
        face_value=offer.face_value,
        fields=given,
        most_e4=most_for(offer=offer, sale=_sale(unit.item.order, unit)),
        callback_url=callbacks.replace("{uid}", str(offer.supplier.uid)),
        position=unit.position,
    )


def _pause(unit: Unit, choice: "Choice", *, now: datetime) -> timedelta:
    """The longer it waits, the more seldom it is looked at: of many who wait, each look costs."""
    if not choice.is_brief:
        return LOOK_AGAIN
    return min(LOOK_AGAIN, max(SOON, (now - unit.opened_at) / 4))


def _go_without(order: "Order", unit: Unit, choice: "Choice", *, now: datetime) -> None:
    """Nobody can be asked: wait while that may change, and no longer than the shopper was told."""
    until = unit.review_until or now + ROUTE_WITHIN
    if choice.is_final or until <= now:
        pay_back(order, [unit], by=SYSTEM, reason="no_supplier", now=now)
        finish(order, by=SYSTEM, now=now)
        return
    next_at = min(now + _pause(unit, choice, now=now), until)
    if unit.state == UnitState.WAITING:
        unit.next_at = next_at
        unit.save(update_fields=["next_at"])
        return
    moving = Moving(order=order, by=SYSTEM, now=now)
    moving.move(unit, UnitState.WAITING, reason="no_route", next_at=next_at, review_until=until)
    moving.store()

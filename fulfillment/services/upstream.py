"""Units that a supplier delivers: claim, call, record.

Two short transactions with the call between them, so that nothing is locked or uncommitted while a
supplier thinks. Who dies on the way loses nothing: the lease runs out, the sweeper finds the open
attempt, and it is asked after, never bought again under another number.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from core.actors import SYSTEM
from core.failpoints import reach
from core.nudge import nudge
from core.outbox import emit
from core.scope import require_tenant, tenant_atomic
from core.sheets import Sheet
from fulfillment.events import UnitNeedsPerson
from fulfillment.models import Unit
from fulfillment.services.answers import record
from fulfillment.services.ending import finish, pay_back
from fulfillment.services.moving import Moving, take_unit
from fulfillment.services.queueing import (
    LEASE,
    LOOK_AGAIN,
    REVIEW_WITHIN,
    ROUTE_WITHIN,
    SEND,
    decided_until,
)
from fulfillment.states import TO_BE_SENT, Source, UnitState
from fulfillment.types import Lease
from orders.selectors import buyer_fields_of
from suppliers import services as suppliers
from suppliers.errors import SupplierBusy
from suppliers.selectors import choose_offer, find_open_attempt, get_offer, tries_of_unit
from suppliers.types import Kind, PurchaseOrder, Sale
from tenants.selectors import get_shop, shop_address

if TYPE_CHECKING:
    from orders.models import Order
    from suppliers.models import Attempt, Offer
    from suppliers.types import Choice

# Beside the line of its process: should that end, the sweeper has it looked at then.
IN_LINE = timedelta(seconds=10)
HAND_OVER = 20.0  # seconds: a worker that is to stop is not kept for as long as others wait
NEXT_TURN, SOON = timedelta(seconds=1), timedelta(seconds=5)
_NOBODY = UUID(int=0)


def send(*, unit_id: int, now: datetime) -> None:
    """Do what is due at a supplier for this unit: buy it, or ask what became of it.

    Safe to call at any time and by any number of workers: one of them has the lease. Who is done
    with a supplier goes on with those who wait for a hand of it.
    """
    began = time.monotonic()
    supplier_id = _take_turn(unit_id, now=now)
    while supplier_id is not None:
        following = suppliers.next_in_line(supplier_id=supplier_id)
        if following is None:
            return
        took = time.monotonic() - began
        if took > HAND_OVER:
            nudge(SEND, tenant_id=require_tenant(), unit_id=following)
            return
        _take_turn(following, now=now + timedelta(seconds=took), is_called=True)


def _take_turn(unit_id: int, *, now: datetime, is_called: bool = False) -> int | None:
    """The supplier that was spoken to, if it was this one's turn."""
    began = time.monotonic()

    def moment() -> datetime:
        # Not the clock's: it may be set while a supplier thinks.
        return now + timedelta(seconds=time.monotonic() - began)

    first = lease = _claim(unit_id, now=now, is_called=is_called)
    while lease is not None:
        reach("fulfillment.claimed")
        answer = suppliers.ask(
            attempt=lease.attempt,
            order=lease.order,
            is_first=lease.is_first,
            keeps_hand=lease is not first,
            now=moment(),
        )
        reach("fulfillment.asked")
        lease = record(lease, answer, now=moment())
        reach("fulfillment.recorded")
    return first.attempt.offer.supplier_id if first is not None else None


def keep_in_review(units: Sequence[Unit], *, now: datetime) -> set[int]:
    """The reviews, due now, of what may have been bought: they are never paid back by themselves.

    Each has its deadline again, and a person is called again.
    """
    reviewed = [
        unit
        for unit in units
        if unit.source == Source.SUPPLIER and unit.state == UnitState.REVIEW
        if find_open_attempt(unit_id=unit.pk) is not None
    ]
    for unit in reviewed:
        unit.next_at = unit.review_until = now + REVIEW_WITHIN
        unit.save(update_fields=["next_at", "review_until"])
        emit(UnitNeedsPerson(unit_id=unit.pk))
    return {unit.pk for unit in reviewed}


@tenant_atomic(durable=True)
def _claim(unit_id: int, *, now: datetime, is_called: bool = False) -> Lease | None:
    """A turn for exactly one worker, committed before anything is said to the supplier.

    `is_called`: it has stood in line, and its next time need not have come.
    """
    order, unit = take_unit(unit_id=unit_id)
    if unit.lease_until and unit.lease_until > now:
        return None
    tries = tries_of_unit(unit_id=unit.pk)
    attempt = next((each for each in tries if each.is_open), None)
    if attempt is not None:
        return _ask_again(unit, attempt, now=now)
    is_due = unit.next_at is not None and (is_called or unit.next_at <= now)
    if unit.source == Source.SUPPLIER and unit.state in TO_BE_SENT and is_due:
        return _begin(order, unit, tried=[each.offer_id for each in tries], now=now)
    return None


def _ask_again(unit: Unit, attempt: "Attempt", *, now: datetime) -> Lease | None:
    if attempt.next_at is None or attempt.next_at > now:
        return None
    attempt.offer = get_offer(offer_id=attempt.offer_id)
    if suppliers.is_crowded(supplier_id=attempt.offer.supplier_id, is_first=False):
        # Out of the way of those whose suppliers answer.
        suppliers.ask_later(attempt_id=attempt.pk, at=now + SOON)
        return None
    sheet = Sheet()
    lease = _lease(unit, attempt, is_first=False, now=now, sheet=sheet)
    sheet.write()
    return lease


def _begin(order: "Order", unit: Unit, *, tried: list[int], now: datetime) -> Lease | None:
    """A try at the supplier that is chosen for it; or none, and the unit waits or is given up."""
    choice = choose_offer(
        sku_id=unit.item.sku_id,
        sale=Sale(paid_e4=unit.paid_e4, channel=order.channel, slow_hours=unit.item.slow_hours),
        key=f"{order.number}/{unit.position}",
        zone=_shop(order.tenant_id, int(now.timestamp()) // 60).zone,
        now=now,
        tried=tried,
    )
    if choice.offer is None or (unit.review_until and unit.review_until <= now):
        _go_without(order, unit, choice, now=now)
        return None
    if suppliers.stand_in_line(supplier_id=choice.offer.supplier_id, thing_id=unit.pk):
        unit.next_at = now + IN_LINE
        unit.save(update_fields=["next_at"])
        return None
    sheet = Sheet()
    try:
        attempt = suppliers.begin_sent(unit_id=unit.pk, choice=choice, now=now, sheet=sheet)
    except SupplierBusy:
        unit.next_at = now + NEXT_TURN
        unit.save(update_fields=["next_at"])
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
    lease = _lease(unit, attempt, is_first=True, now=now, sheet=sheet)
    sheet.write()
    return lease


def _lease(unit: Unit, attempt: "Attempt", *, is_first: bool, now: datetime, sheet: Sheet) -> Lease:
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
        most_e4=min(offer.most_e4, unit.paid_e4),
        callback_url=callbacks.replace("{uid}", str(offer.supplier.uid)),
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

"""Units that a supplier delivers: claim, call, record.

Two short transactions with the call between them, so that nothing is locked or uncommitted while a
supplier thinks. Who dies on the way loses nothing: the lease runs out, the sweeper finds the open
attempt, and it is asked after, never bought again under another number.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.failpoints import reach
from core.nudge import nudge
from core.outbox import emit
from core.scope import require_tenant, tenant_atomic
from core.sheets import Sheet
from fulfillment.events import UnitNeedsPerson
from fulfillment.models import Unit
from fulfillment.services.answers import record
from fulfillment.services.beginning import SOON, begin, lease_of
from fulfillment.services.moving import take_unit
from fulfillment.services.queueing import REVIEW_WITHIN, SEND
from fulfillment.states import TO_BE_SENT, Source, UnitState
from fulfillment.types import Lease
from suppliers import services as suppliers
from suppliers.selectors import find_open_attempt, get_offer, tries_of_unit

if TYPE_CHECKING:
    from suppliers.models import Attempt

HAND_OVER = 20.0  # seconds: a worker that is to stop is not kept for as long as others wait


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
        moment = now + timedelta(seconds=took)
        if took > HAND_OVER:
            _hand_over(following, now=moment)
            return
        _take_turn(following, now=moment, is_called=True)


def _hand_over(unit_id: int, *, now: datetime) -> None:
    """Who was called from the line is another worker's, at once."""
    with tenant_atomic():
        waiting = Unit.objects.filter(pk=unit_id, state__in=TO_BE_SENT, next_at__gt=now)
        is_due = waiting.update(next_at=now)
    if is_due:
        nudge(SEND, tenant_id=require_tenant(), unit_id=unit_id)


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
        return begin(order, unit, tried=[each.offer_id for each in tries], now=now)
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
    lease = lease_of(unit, attempt, is_first=False, now=now, sheet=sheet)
    sheet.write()
    return lease

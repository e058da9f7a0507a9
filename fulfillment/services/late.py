"""Goods that came when nobody waited for them any more: booked, listed, and decided by a person.

`_move` is the only place that writes `LateArrival.state`.
"""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, NotFound
from core.scope import tenant_atomic
from core.states import MoveRefused, check_move
from fulfillment.models import LateArrival, LateMove, Unit
from fulfillment.selectors import find_contradicted, find_late, stock_skus_of
from fulfillment.services.costs import cost_of
from fulfillment.services.moving import take_unit
from fulfillment.states import ENDED, LATE_MOVES, LATE_WHILE_PAID, LateKind, LateState
from inventory import services as inventory
from inventory.types import NewBatch, NewCode
from payments import services as payments
from suppliers import services as suppliers
from suppliers.selectors import find_attempt
from suppliers.states import AttemptState
from tenants import audit
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from suppliers.models import Attempt

MOST_NOTE = 300
# By whom they are told: what the supplier is to be asked for, and what there was after all.
NEED_NOTE = frozenset({LateState.CLAIMED, LateState.DISMISSED})


def keep_late(unit: Unit, attempt: "Attempt", *, now: datetime) -> None:
    """A supplier delivered for a unit that is at its end: what it took is booked, and a person is
    to say what becomes of the goods. The same again changes nothing. Its order is taken."""
    late = LateArrival.objects.filter(attempt_id=attempt.pk).first()
    if late is None:
        late = _listed(unit, attempt, kind=LateKind.CAME, now=now)
        _book_cost(late, attempt, by=SYSTEM, now=now)


def take_back_late(attempt: "Attempt", *, now: datetime) -> None:
    """The supplier took it back by itself: nothing is to be decided any more, unless its code is
    in stock; its batch goes off sale then, and a person looks again. Its order is taken."""
    late = LateArrival.objects.filter(attempt_id=attempt.pk).first()
    if late is None or late.state == LateState.RETURNED:
        return
    if late.state == LateState.STOCKED and late.batch_id is not None:
        with suppress(MoveRefused):  # it is off sale already
            inventory.freeze_batch(batch_id=late.batch_id, by=SYSTEM, reason="taken_back", now=now)
        _move(late, LateState.OPEN, by=SYSTEM, note="", now=now)
        return
    _end_loss(late, attempt, by=SYSTEM, now=now)
    _move(late, LateState.RETURNED, by=SYSTEM, note="", now=now)


@tenant_atomic
def stock_late(*, attempt_id: int, sku_id: int, by: Actor, now: datetime) -> LateArrival:
    """Its code goes on sale, as stock of one of the product's SKUs that sell from stock.

    Raises InvalidInput for another SKU, for what brought no code, and for a code that is there
    already.
    """
    late, attempt = _taken(attempt_id, now=now)
    if sku_id not in {sku.pk for sku in stock_skus_of(attempt=attempt)}:
        raise InvalidInput(
            _("Choose a SKU of the same product that sells from stock."), param="sku"
        )
    bought = suppliers.read_bought(attempt_ids=[attempt.pk])[attempt.pk]
    if not bought:
        raise InvalidInput(_("It brought no code: there is nothing to put into stock."))
    supplier = attempt.offer.supplier
    given = NewBatch(
        sku_id=sku_id,
        supplier_name=supplier.name,
        cost_e4=late.cost_e4 if late.currency == get_shop().currency else 0,
        note=attempt.number,
    )
    codes = [
        NewCode(secret=one.secret, card_no=one.number, expires_on=one.expires_on) for one in bought
    ]
    added = inventory.add_codes(given=given, codes=codes, by=by, now=now)
    if not added.added:
        raise InvalidInput(_("This code has been in stock before."))
    late.batch_id = added.batch_id
    late.save(update_fields=["batch"])
    _decide(late, attempt, LateState.STOCKED, note="", by=by, now=now)
    return late


@tenant_atomic
def decide_late(
    *, attempt_id: int, new: LateState, note: str, by: Actor, now: datetime
) -> LateArrival:
    """Claimed from the supplier, written off as a loss, paid back by it, or never bought at all
    (only of what it said after a failure); each is booked.

    Raises InvalidInput where a note is wanted, and MoveRefused.
    """
    note = note.strip()[:MOST_NOTE]
    if new in NEED_NOTE and not note:
        raise InvalidInput(
            _("Write what the supplier was told, or what it answered."), param="note"
        )
    late, attempt = _taken(attempt_id, now=now)
    if new == LateState.STOCKED or (new == LateState.DISMISSED and late.kind != LateKind.SAID):
        raise MoveRefused(_("It was bought: it cannot be put aside like this."))
    if new in LATE_WHILE_PAID and attempt.state == AttemptState.REVERSED:
        raise MoveRefused(_("The supplier has taken it back: its money is here."))
    if new == LateState.RETURNED:
        _end_loss(late, attempt, by=by, now=now)
    _decide(late, attempt, new, note=note, by=by, now=now)
    if new == LateState.WRITTEN_OFF:
        payments.book_loss(cost=cost_of(attempt, amount_e4=late.cost_e4), by=by, now=now)
    if new == LateState.RETURNED:
        cost = cost_of(attempt, amount_e4=late.cost_e4, is_back=True)
        payments.book_cost(cost=cost, by=by, now=now)
        if attempt.state == AttemptState.SUCCESS:
            suppliers.take_back(attempt_id=attempt.pk, by=by, reason="paid_back", now=now)
    return late


def _taken(attempt_id: int, *, now: datetime) -> tuple[LateArrival, "Attempt"]:
    """The arrival and its attempt, their order locked.

    What a supplier only said is on the list from the moment that somebody decides about it.
    """
    attempt = find_attempt(attempt_id=attempt_id)
    if attempt is None:
        raise NotFound
    _order, unit = take_unit(unit_id=attempt.unit_id)
    attempt.refresh_from_db(fields=["state"])  # it may have been taken back while we waited
    late = find_late(attempt_id=attempt_id)
    if late is None:
        if find_contradicted(attempt_id=attempt_id) is None:
            raise NotFound
        late = _listed(unit, attempt, kind=LateKind.SAID, now=now)
    return late, attempt


def _listed(unit: Unit, attempt: "Attempt", *, kind: LateKind, now: datetime) -> LateArrival:
    ended_by = unit.moves.filter(new__in=sorted(ENDED)).order_by("pk").last()
    cost_e4 = attempt.offer.cost_e4 if attempt.cost_e4 is None else attempt.cost_e4
    late = LateArrival.objects.create(
        unit=unit,
        attempt=attempt,
        ended_by=ended_by,
        kind=kind,
        cost_e4=cost_e4,
        currency=attempt.offer.supplier.currency,
        at=now,
    )
    _remember(late, old="", by=SYSTEM, note="", now=now)
    return late


def _decide(
    late: LateArrival,
    attempt: "Attempt",
    new: LateState,
    *,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    """A person's word on it; what a supplier only said is paid for from then on."""
    if new != LateState.DISMISSED:
        _book_cost(late, attempt, by=by, now=now)
    _move(late, new, by=by, note=note, now=now)
    told: dict[str, str | int | None] = {"number": attempt.number, "cost_e4": late.cost_e4}
    order = late.unit.order
    audit.record(by=by, action=f"late.{new}", target=order.number, reason=note, data=told, now=now)


def _move(late: LateArrival, new: LateState, *, by: Actor, note: str, now: datetime) -> None:
    """Move an arrival whose order is taken, or raise MoveRefused; the history row goes with it."""
    old = LateState(late.state)
    check_move(LATE_MOVES, old, new)
    late.state = new
    late.save(update_fields=["state"])
    _remember(late, old=old, by=by, note=note, now=now)


def _remember(late: LateArrival, *, old: str, by: Actor, note: str, now: datetime) -> None:
    LateMove.objects.create(
        late=late,
        old=old,
        new=late.state,
        by=by.label[:80],
        reason=late.kind if not old else late.state,
        data={"note": note} if note else {},
        at=now,
    )


def _book_cost(late: LateArrival, attempt: "Attempt", *, by: Actor, now: datetime) -> None:
    payments.book_cost(cost=cost_of(attempt, amount_e4=late.cost_e4), by=by, now=now)


def _end_loss(late: LateArrival, attempt: "Attempt", *, by: Actor, now: datetime) -> None:
    if late.state == LateState.WRITTEN_OFF:
        cost = cost_of(attempt, amount_e4=late.cost_e4, is_back=True)
        payments.book_loss(cost=cost, by=by, now=now)

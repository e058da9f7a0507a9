"""Payments, deliveries and a supplier's bill held against each other; and what we sent a supplier
against what is left of it there.

Two of the three sides are compared by suppliers itself; the third is what shoppers paid.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from core.actors import SYSTEM, Actor
from core.scope import tenant_atomic
from fulfillment.models import Unit
from fulfillment.states import UnitState
from payments.selectors import moved_on, payables_without_money
from payments.states import AccountKind
from suppliers import services as suppliers
from suppliers.selectors import bought_of_bill, find_note_before, get_supplier
from suppliers.states import BreakKind
from suppliers.types import FoundBreak, Purchase

if TYPE_CHECKING:
    from suppliers.models import Bill, Break
    from suppliers.types import Answer

_AT_ONCE = 2_000
# Its own share went back, whatever else of the order is paid.
_GIVEN_BACK = frozenset({UnitState.REFUNDED, UnitState.CANCELED})


@tenant_atomic
def reconcile(*, bill_id: int, by: Actor, now: datetime) -> "Bill":
    """Compare a bill with what we bought, and that with what shoppers paid. Can be repeated."""
    bill = suppliers.match_bill(bill_id=bill_id, by=by, now=now)
    suppliers.keep_breaks(
        bill_id=bill.pk, kinds={BreakKind.NOT_PAID}, found=_not_paid(bill.pk), now=now
    )
    return bill


def watch_balance(*, supplier_id: int, by: Actor = SYSTEM, now: datetime) -> "Answer":
    """Ask the supplier what our balance there is, and compare it with the books; what it said."""
    answer = suppliers.check_balance(supplier_id=supplier_id, by=by, now=now)
    if answer.cost_e4 is not None:
        with tenant_atomic():
            check_balance_delta(supplier_id=supplier_id, balance_e4=answer.cost_e4, now=now)
    return answer


@tenant_atomic
def check_balance_delta(*, supplier_id: int, balance_e4: int, now: datetime) -> "Break | None":
    """What the supplier says is left, against what was booked since the last word of an earlier
    day; the break, if the two differ."""
    supplier = get_supplier(supplier_id=supplier_id)
    before = find_note_before(supplier_id=supplier.pk, now=now)
    booked_e4 = 0
    if before is not None:
        booked_e4 = moved_on(
            kind=AccountKind.SUPPLIER,
            owner_ref=str(supplier.pk),
            currency=supplier.currency,
            after=before.at,
            until=now,
        )
    return suppliers.note_balance(
        supplier_id=supplier.pk, balance_e4=balance_e4, booked_e4=booked_e4, now=now
    )


def _not_paid(bill_id: int) -> Iterator[FoundBreak]:
    """What the supplier is paid for and no shopper is."""
    bought = bought_of_bill(bill_id=bill_id)
    while some := list(islice(bought, _AT_ONCE)):
        unpaid = _unpaid_units(some)
        for one in some:
            if one.unit_id in unpaid:
                yield FoundBreak(
                    kind=BreakKind.NOT_PAID,
                    number=one.number,
                    supplier_ref=one.supplier_ref,
                    ours_e4=one.cost_e4,
                )


def _unpaid_units(bought: Sequence[Purchase]) -> set[int]:
    units = Unit.objects.filter(pk__in=[one.unit_id for one in bought]).order_by()
    rows = list(units.values_list("pk", "order_id", "state"))
    without = payables_without_money(payable_ids={order_id for _pk, order_id, _state in rows})
    return {pk for pk, order_id, state in rows if state in _GIVEN_BACK or order_id in without}

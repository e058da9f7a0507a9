"""What became of orders: whether they stood, were complained of, or paid back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from orders.models import Case, Order
from orders.states import OrderState
from payments.selectors import paid_back_of

_AT_ONCE = 2_000
_WENT_ON = frozenset({OrderState.FULFILLING, OrderState.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`is_paid_back`: some of its money went back, after it was let go on."""

    order_id: int
    state: OrderState
    total_e4: int
    placed_at: datetime
    is_paid_back: bool
    is_complained_of: bool


def outcomes_of(*, numbers: Collection[str]) -> dict[str, Outcome]:
    """By order number; what no order has is left out. Three queries for two thousand of them."""
    found: dict[str, Outcome] = {}
    asked = list(numbers)
    for at in range(0, len(asked), _AT_ONCE):
        found |= _outcomes(asked[at : at + _AT_ONCE])
    return found


def _outcomes(numbers: list[str]) -> dict[str, Outcome]:
    rows = list(
        Order.objects.filter(number__in=numbers).only("number", "state", "total_e4", "placed_at")
    )
    ids = [row.pk for row in rows if row.state in _WENT_ON]
    back = paid_back_of(payable_ids=ids) if ids else {}
    cases = Case.objects.filter(order_id__in=[row.pk for row in rows])
    complained = set(cases.values_list("order_id", flat=True))
    return {
        row.number: Outcome(
            order_id=row.pk, state=OrderState(row.state), total_e4=row.total_e4,
            placed_at=row.placed_at, is_paid_back=row.pk in back,
            is_complained_of=row.pk in complained,
        )
        for row in rows
    }  # fmt: skip

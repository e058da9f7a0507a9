"""What is settled with suppliers, with what only a person has taken as bought."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models.functions import TruncDate

from fulfillment.models import LateArrival, LateMove
from fulfillment.states import LateKind, LateState
from suppliers.selectors import cycles_of, shop_zone, span_of

if TYPE_CHECKING:
    from suppliers.models import Supplier
    from suppliers.selectors.cycles import CycleFigures

_NOT_BOUGHT = (LateState.OPEN, LateState.DISMISSED)


def cycles_with_late(
    *, suppliers: "Sequence[Supplier]", until: date, count: int
) -> "list[CycleFigures]":
    """`cycles_of`; ours has also what suppliers said they had delivered after a failure, and a
    person took as bought: its attempt stays a failure, and the ledger has it."""
    found = cycles_of(suppliers=suppliers, until=until, count=count)
    if not found:
        return []
    since, ends = min(one.since for one in found), max(one.until for one in found)
    sums = _said([one.pk for one in suppliers], since, ends)
    return [replace(one, ours_e4=one.ours_e4 + _within(sums, one)) for one in found]


def _within(sums: dict[tuple[int, date], int], one: "CycleFigures") -> int:
    return sum(
        amount_e4
        for (supplier_id, day), amount_e4 in sums.items()
        if supplier_id == one.supplier.pk and one.since <= day <= one.until
    )


def _said(ids: Sequence[int], since: date, until: date) -> dict[tuple[int, date], int]:
    """On the day that it was ordered, as all that is bought; less what was paid back on its day."""
    begins, ends = span_of(since=since, until=until)
    bought = LateArrival.objects.filter(
        kind=LateKind.SAID,
        attempt__offer__supplier_id__in=ids,
        attempt__sent_at__gte=begins,
        attempt__sent_at__lt=ends,
    ).exclude(state__in=_NOT_BOUGHT)
    back = LateMove.objects.filter(
        late__kind=LateKind.SAID,
        late__attempt__offer__supplier_id__in=ids,
        new=LateState.RETURNED,
        at__gte=begins,
        at__lt=ends,
    )
    zone = shop_zone()
    sums: dict[tuple[int, date], int] = defaultdict(int)
    for supplier_id, day, cost_e4 in bought.values_list(
        "attempt__offer__supplier_id", TruncDate("attempt__sent_at", tzinfo=zone), "cost_e4"
    ):
        sums[supplier_id, day] += cost_e4
    for supplier_id, day, cost_e4 in back.values_list(
        "late__attempt__offer__supplier_id", TruncDate("at", tzinfo=zone), "late__cost_e4"
    ):
        sums[supplier_id, day] -= cost_e4
    return sums

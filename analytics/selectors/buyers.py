"""Buyers one by one, and how many of a month come back."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from analytics.models import Buyer, Cohort, Fact, SavedSegment
from analytics.selectors.naming import brands_of_skus
from analytics.selectors.segments import Like, buyers_like
from analytics.states import FactKind

MOST_LAST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`brands` are the units of each, the most first; `last` his last orders, the newest first."""

    buyer: Buyer
    brands: tuple[tuple[str, int], ...]
    last: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRow:
    """Those who bought first in a month: `came_back` of them in each month from that one on."""

    first: date
    buyers: int
    came_back: tuple[int, ...]
    net_e4: int

    def share(self, months_later: int) -> float | None:
        """In percent."""
        return self.came_back[months_later] * 100 / self.buyers if self.buyers else None


def get_buyer(*, buyer_id: int) -> Buyer:
    return Buyer.objects.get(pk=buyer_id)


def buyers_before(
    rows: "QuerySet[Buyer]", *, before: tuple[datetime, int] | None, most: int
) -> list[Buyer]:
    """The next ones by their last orders, the latest first, after the one that `before` names."""
    if before is not None:
        at, pk = before
        rows = rows.filter(Q(last_at__lt=at) | Q(last_at=at, pk__lt=pk), last_at__lte=at)
    return list(rows.order_by("-last_at", "-pk")[:most])


def buyers_of_orders(*, order_ids: Collection[int]) -> "QuerySet[Buyer]":
    facts = Fact.objects.filter(order_id__in=order_ids, kind=FactKind.SOLD).exclude(buyer=0)
    return Buyer.objects.filter(digest__in=set(facts.values_list("buyer", flat=True)))


def profile_of(*, buyer_id: int) -> Profile:
    buyer = get_buyer(buyer_id=buyer_id)
    facts = Fact.objects.filter(kind=FactKind.SOLD, buyer=buyer.digest).exclude(buyer=0)
    units = Counter[int]()
    for sku_id, count in facts.values_list("sku_id", "units"):
        units[sku_id] += count
    brands = Counter[str]()
    named = brands_of_skus(sku_ids=units.keys())
    for sku_id, count in units.items():
        brands[named[sku_id]] += count
    lately = facts.order_by("-at", "-order_id").values_list("order_id", flat=True)
    last = tuple(dict.fromkeys(lately[: MOST_LAST * 2]))[:MOST_LAST]
    return Profile(buyer=buyer, brands=tuple(brands.most_common()), last=last)


def cohorts(*, months: int, today: date) -> list[CohortRow]:
    """The cohorts of the last so many months, that of `today` with them, the newest first."""
    last = today.year * 12 + today.month - 1
    first = _month(last - months + 1)
    rows: dict[date, dict[date, tuple[int, int]]] = {}
    for row in Cohort.objects.filter(first__gte=first, buyers__gt=0):
        rows.setdefault(row.first, {})[row.month] = (row.buyers, row.net_e4)
    return [_cohort(start, rows[start], last) for start in sorted(rows, reverse=True)]


def _cohort(start: date, found: dict[date, tuple[int, int]], last: int) -> CohortRow:
    begun = start.year * 12 + start.month - 1
    each = [found.get(_month(number), (0, 0)) for number in range(begun, last + 1)]
    return CohortRow(
        first=start,
        buyers=each[0][0] if each else 0,
        came_back=tuple(buyers for buyers, _net in each),
        net_e4=sum(net for _buyers, net in found.values()),
    )


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def saved_segments() -> "QuerySet[SavedSegment]":
    return SavedSegment.objects.order_by("name")


def find_saved(*, segment_id: int) -> SavedSegment | None:
    return SavedSegment.objects.filter(pk=segment_id).first()


def buyers_of_saved(*, saved: SavedSegment, now: datetime) -> "QuerySet[Buyer]":
    return buyers_like(like=Like.from_json(saved.conditions), now=now)

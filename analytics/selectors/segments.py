"""Buyers by how lately, how often and for how much they bought; and those that are like this."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from analytics.models import Buyer
from analytics.selectors.sums import beginning_of_day, today_of
from catalog.selectors import sku_ids_of_brand
from core.scope import require_tenant
from core.statements import run

DEAR_SHARE = 0.2  # of all buyers, those who are worth most
LATELY_DAYS, SLIPPING_DAYS = 60, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A buyer is of the first one that he fits. `within_days` is of the last order."""

    name: str
    within_days: int | None
    least_orders: int = 1
    is_dear: bool = False

    @property
    def takes_all(self) -> bool:
        """Whoever bought so lately is of this one, if of none before it."""
        return self.least_orders == 1 and not self.is_dear


SEGMENTS = (
    Segment(name="best", within_days=LATELY_DAYS, least_orders=3, is_dear=True),
    Segment(name="loyal", within_days=LATELY_DAYS, least_orders=2),
    Segment(name="fresh", within_days=LATELY_DAYS),
    Segment(name="dear", within_days=SLIPPING_DAYS, is_dear=True),
    Segment(name="slipping", within_days=SLIPPING_DAYS),
    Segment(name="lost", within_days=None),
)
_BY_STANDING = """
    SELECT CASE WHEN last_on >= %(lately)s THEN 0 WHEN last_on >= %(slipping)s THEN 1 ELSE 2 END,
           orders, worth, sum(buyers)::bigint, sum(net_e4)::bigint
      FROM analytics_standing WHERE tenant_id = %(tenant)s AND buyers > 0
     GROUP BY 1, 2, 3
"""
_AGES = (LATELY_DAYS, SLIPPING_DAYS, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    name: str
    buyers: int
    net_e4: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """`dear_e4` is the net from which on a buyer is among those who are worth most."""

    rows: tuple[Counted, ...]
    dear_e4: int

    @property
    def buyers(self) -> int:
        return sum(one.buyers for one in self.rows)


def segmentation(*, now: datetime) -> Segmentation:
    """Every segment with its buyers, from what is counted over all of them."""
    today = today_of(now=now)
    given: dict[str, Any] = {"tenant": require_tenant()}
    given |= {"lately": today - timedelta(days=LATELY_DAYS - 1)}
    given |= {"slipping": today - timedelta(days=SLIPPING_DAYS - 1)}
    alike = run(_BY_STANDING, given, comes_again=False).rows
    dear = _dear(alike)
    sums = {one.name: [0, 0] for one in SEGMENTS}
    for age, orders, worth, buyers, net_e4 in alike:
        name = _name(_AGES[age], orders, is_dear=worth >= dear)
        sums[name][0] += buyers
        sums[name][1] += net_e4
    rows = tuple(Counted(name=name, buyers=one[0], net_e4=one[1]) for name, one in sums.items())
    return Segmentation(rows=rows, dear_e4=2**dear)


def _dear(alike: list[tuple[Any, ...]]) -> int:
    """The power of two from which on are not many more than a fifth of all; 0 of nobody."""
    by_worth: dict[int, int] = {}
    for _age, _orders, worth, buyers, _net in alike:
        by_worth[worth] = by_worth.get(worth, 0) + buyers
    wanted = sum(by_worth.values()) * DEAR_SHARE
    for worth in sorted(by_worth, reverse=True):
        wanted -= by_worth[worth]
        if wanted <= 0:
            return max(0, worth)
    return 0


def _name(age: int | None, orders: int, *, is_dear: bool) -> str:
    for one in SEGMENTS:
        is_late = age is None or (one.within_days is not None and age > one.within_days)
        if one.within_days is not None and is_late:
            continue
        if orders >= one.least_orders and (is_dear or not one.is_dear):
            return one.name
    return SEGMENTS[-1].name


def segment_of(buyer: Buyer, *, dear_e4: int, now: datetime) -> str:
    days = (today_of(now=now) - today_of(now=buyer.last_at)).days
    age = next((age for age in _AGES if age is None or days < age), None)
    return _name(age, buyer.orders, is_dear=buyer.net_e4 >= dear_e4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """What buyers are to be like; what is empty is not asked. Days are of the last order:
    `bought_within` so many, or none for `silent_for`."""

    segment: str = ""
    bought_within: int | None = None
    silent_for: int | None = None
    orders_least: int | None = None
    orders_most: int | None = None
    net_least_e4: int | None = None
    net_most_e4: int | None = None
    brand_id: int | None = None
    channel: str = ""
    province: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Like":
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in names})


def buyers_like(*, like: Like, now: datetime) -> "QuerySet[Buyer]":
    found = Q()
    if like.segment:
        found &= _q_of_segment(like.segment, now=now)
    if like.bought_within is not None:
        found &= Q(last_at__gte=_days_ago(like.bought_within - 1, now=now))
    if like.silent_for is not None:
        found &= Q(last_at__lt=_days_ago(like.silent_for - 1, now=now))
    bounds = {
        "orders__gte": like.orders_least,
        "orders__lte": like.orders_most,
        "net_e4__gte": like.net_least_e4,
        "net_e4__lte": like.net_most_e4,
        "channels__contains": [like.channel] if like.channel else None,
        "province": like.province or None,
    }
    found &= Q(**{name: value for name, value in bounds.items() if value is not None})
    if like.brand_id is not None:
        found &= Q(skus__overlap=sku_ids_of_brand(brand_id=like.brand_id))
    return Buyer.objects.filter(found)


def _q_of_segment(name: str, *, now: datetime) -> Q:
    dear_e4 = segmentation(now=now).dear_e4
    before = Q()
    for one in SEGMENTS:
        fits = Q(orders__gte=one.least_orders)
        since = None if one.within_days is None else _days_ago(one.within_days - 1, now=now)
        if since:
            fits &= Q(last_at__gte=since)
        if one.is_dear:
            fits &= Q(net_e4__gte=dear_e4)
        if one.name == name:
            return before & fits
        # Said as a span of time, in which buyers are found by the order that they are listed in.
        before &= Q(last_at__lt=since) if one.takes_all and since else ~fits
    return Q(pk__in=[])


def _days_ago(days: int, *, now: datetime) -> datetime:
    return beginning_of_day(today_of(now=now) - timedelta(days=days), now=now)

"""What staff is told of that nothing happens to: stock that runs out or expires, a supplier that is
given a rest. Looked at every few minutes; each is told once a week, or once a day of a supplier."""

from datetime import date, datetime, timedelta

from django.urls import reverse

from catalog.models import Sku
from core.scope import tenant_atomic
from inventory.selectors import expiring_soon, low_stock
from notices import services as notices
from notices.states import Topic
from notices.types import News
from suppliers.models import Supplier
from suppliers.selectors import resting

MOST_TOLD = 50
SOON = timedelta(days=7)


@tenant_atomic
def tell_of_shelf(*, now: datetime) -> int:
    """How much of it was news."""
    return sum(notices.tell(news=one, now=now) for one in [*_low(now), *_expiring(now)])


@tenant_atomic
def tell_of_suppliers(*, now: datetime) -> int:
    names = dict(Supplier.objects.filter(is_on=True).values_list("pk", "name"))
    rests = resting(supplier_ids=names, now=now)
    return sum(notices.tell(news=_of_supplier(pk, names[pk], now), now=now) for pk in rests)


def _low(now: datetime) -> list[News]:
    short = low_stock(now=now)[:MOST_TOLD]
    names = _names([cover.sku_id for cover in short])
    return [
        News(
            topic=Topic.LOW,
            key=f"low:{cover.sku_id}:{now:%G%V}",
            given={
                "goods": names[cover.sku_id],
                "left": str(cover.available),
                "days": f"{cover.days or 0:.1f}",
            },
            path=f"{reverse('office_imports')}?sku={cover.sku_id}",
        )
        for cover in short
        if cover.sku_id in names
    ]


def _expiring(now: datetime) -> list[News]:
    """Once when a month is left, and once more when a week is."""
    soon = expiring_soon(now=now)[:MOST_TOLD]
    names = _names([one.sku_id for one in soon])
    return [
        News(
            topic=Topic.EXPIRING,
            key=f"expiring:{one.sku_id}:{one.expires_on:%Y%m%d}:{_is_near(one.expires_on, now)}",
            given={
                "count": str(one.count),
                "goods": names[one.sku_id],
                "day": one.expires_on.isoformat(),
            },
            path=reverse("admin:inventory_batch_changelist", current_app="office"),
        )
        for one in soon
        if one.sku_id in names
    ]


def _is_near(day: date, now: datetime) -> bool:
    return day - now.date() < SOON


def _names(sku_ids: list[int]) -> dict[int, str]:
    skus = Sku.objects.filter(pk__in=sku_ids).select_related("product")
    return {sku.pk: f"{sku.product.name} {sku.name}" for sku in skus}


def _of_supplier(supplier_id: int, name: str, now: datetime) -> News:
    return News(
        topic=Topic.SUPPLIER,
        key=f"rests:{supplier_id}:{now:%Y%m%d}",
        given={"supplier": name},
        path=reverse("office_supplier", args=[supplier_id]),
    )

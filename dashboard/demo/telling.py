"""The whole demo, in the order in which it is told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.actors import SYSTEM
from core.crypto import forget_keys
from core.scope import bind, tenant_atomic
from dashboard.demo import book, days, people, shelves, stocking
from inventory import services as inventory
from inventory.models import Batch
from tenants import audit
from tenants.models import AuditRow, Merchant
from tenants.roles import Role

DONE = "demo.seeded"
Say = Callable[[str], None]


def is_wanted() -> bool:
    """Whether there is nothing but a demo that was not told to its end."""
    slugs = set(Merchant.objects.values_list("slug", flat=True))
    if not slugs <= set(book.SLUGS):
        return False
    return not all(slug in slugs and _is_told(slug) for slug in book.SLUGS)


def tell(*, now: datetime, say: Say) -> None:
    """Make what is missing; a demo that was cut short goes on, one that is there is left alone."""
    people.make_operator()
    for slug in book.SLUGS:
        if _is_told(slug):
            say(f"{slug}: there already")
        else:
            _tell_shop(book.shop(slug), now=now, say=say)


def _tell_shop(shop: book.DemoShop, *, now: datetime, say: Say) -> None:
    say(f"{shop.name}: opening")
    merchant = people.open_shop(shop, now=now - timedelta(days=33))
    with bind(merchant.pk):
        forget_keys()
        with tenant_atomic():
            staff = days.Staff(
                operator=people.actor_of(Role.OPERATOR, shop.slug),
                support=people.actor_of(Role.SUPPORT, shop.slug),
            )
        skus = shelves.fill_catalog(shop, by=staff.operator, now=now)
        stocking.fill_stock(shop, skus, by=staff.operator, now=now, say=say)
        days.play(shop, skus, staff=staff, now=now, say=say)
        _freeze_one(skus, staff=staff, now=now)
        audit.record(by=SYSTEM, action=DONE, target=shop.slug, now=now)


def _freeze_one(skus: stocking.Skus, *, staff: days.Staff, now: datetime) -> None:
    """One batch is being looked into: its unsold codes are off sale for now."""
    with tenant_atomic():
        last = list(skus.values())[-1]
        batch = Batch.objects.filter(sku=last, state="open").order_by("-made_at").first()
        if batch is not None:
            inventory.freeze_batch(
                batch_id=batch.pk,
                by=staff.operator,
                reason="供应商通知核对中",
                now=now - timedelta(hours=2),
            )


def _is_told(slug: str) -> bool:
    merchant = Merchant.objects.filter(slug=slug).first()
    if merchant is None:
        return False
    with bind(merchant.pk), tenant_atomic():
        return AuditRow.objects.filter(action=DONE).exists()

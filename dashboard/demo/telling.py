"""The whole demo, in the order in which it is told."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from multiprocessing import get_context

from django.db import connections

from analytics import services as analytics
from core.actors import SYSTEM
from core.crypto import forget_keys
from core.scope import bind, tenant_atomic
from dashboard.demo import book, days, partners, people, shelves, stocking
from dashboard.demo.plan import Span
from dashboard.demo.staff import Staff
from inventory import services as inventory
from inventory.models import Batch
from tenants import audit
from tenants.models import AuditRow, Merchant
from tenants.roles import Role

DONE = "demo.seeded"
Say = Callable[[str], None]


def is_wanted() -> bool:
    """Whether there is nothing but a demo that was not told to its end."""
    shops = Merchant.objects.filter(sandbox_of=None)
    slugs = set(shops.values_list("slug", flat=True))
    if not slugs <= set(book.SLUGS):
        return False
    return not all(slug in slugs and _is_told(slug) for slug in book.SLUGS)


def tell(*, span: Span, say: Say) -> None:
    """Make what is missing; a demo that was cut short goes on, one that is there is left alone."""
    people.make_operator()
    missing = [slug for slug in book.SLUGS if not _is_told(slug)]
    # The first shop does half of the business: it and the others side by side take half the time.
    parts = [part for part in (missing[:1], missing[1:]) if part]
    connections.close_all()
    fork = get_context("fork")
    children = [fork.Process(target=tell_shops, args=(part, span, say)) for part in parts]
    for child in children:
        child.start()
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise RuntimeError("A part of the demo failed; what it said stands above.")


def tell_shops(slugs: Sequence[str], span: Span, say: Say) -> None:
    for slug in slugs:
        _tell_shop(book.shop(slug), span=span, say=say)
    connections.close_all()


def _tell_shop(shop: book.DemoShop, *, span: Span, say: Say) -> None:
    say(f"{shop.name}: opening")
    merchant = people.open_shop(shop, now=span.began)
    with bind(merchant.pk):
        forget_keys()
        with tenant_atomic():
            staff = Staff(
                operator=people.actor_of(Role.OPERATOR, shop.slug),
                support=people.actor_of(Role.SUPPORT, shop.slug),
            )
        skus = shelves.fill_catalog(shop, by=staff.operator, span=span)
        stocking.fill_stock(shop, skus, by=staff.operator, span=span, say=say)
        days.play(shop, skus, staff=staff, span=span, say=say)
        _freeze_one(skus, staff=staff, span=span)
        partners.open_partner(shop.slug, now=span.now)
        analytics.rebuild(now=span.now)
        audit.record(by=SYSTEM, action=DONE, target=shop.slug, now=span.now)


@tenant_atomic
def _freeze_one(skus: stocking.Skus, *, staff: Staff, span: Span) -> None:
    """One batch is being looked into: its unsold codes are off sale for now."""
    last = list(skus.values())[-1]
    batch = Batch.objects.filter(sku=last, state="open").order_by("-made_at").first()
    if batch is not None:
        inventory.freeze_batch(
            batch_id=batch.pk,
            by=staff.operator,
            reason="供应商通知核对中",
            now=span.now - timedelta(hours=2),
        )


def _is_told(slug: str) -> bool:
    merchant = Merchant.objects.filter(slug=slug).first()
    if merchant is None:
        return False
    with bind(merchant.pk), tenant_atomic():
        return AuditRow.objects.filter(action=DONE).exists()

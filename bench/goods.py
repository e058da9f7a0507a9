"""A shop, goods and codes to measure with: made by the services, mass stock by one statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import connections
from django.utils import timezone
from redis import Redis

from catalog import services as catalog
from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from inventory import services as inventory
from inventory.types import NewBatch, NewCode
from tenants import services as tenants
from tenants.services import NewMerchant


@dataclass(frozen=True, slots=True)
class Goods:
    """What the measured processes need to know."""

    tenant_id: int
    host: str
    product_ref: str
    sku_ref: str
    sku_id: int
    batch_id: int


def forget_leftovers() -> None:
    """What an earlier scenario left due would keep the sweeper and the worker of the next busy."""
    with connections["ops"].cursor() as cursor:
        cursor.execute("DELETE FROM core_outboxrow")
        cursor.execute("DELETE FROM inventory_hold WHERE state = 'reserved'")
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushall()


def refresh_statistics() -> None:
    """As autovacuum does a few seconds later: plans made while the tables were empty are dropped,
    and a shop in its second minute is measured."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def make_goods(*, codes: int = 0, sold: int = 0, real: int = 1) -> Goods:
    """A new shop with one published SKU, `codes` codes in stock and `sold` sold before.

    Of these nobody can read the text; `real` codes more can be opened.
    """
    now = timezone.now()
    slug = f"bench-{uuid4().hex[:8]}"
    given = NewMerchant(
        slug=slug, name="Bench", host=f"{slug}.localhost", owner_email="bench@example.com"
    )
    merchant = tenants.create_merchant(given=given, by=SYSTEM, now=now)
    with bind(merchant.pk):
        goods = _on_sale(merchant.pk, f"{slug}.localhost", real=real, now=now)
        _fill(goods, codes=codes, sold=sold)
    return goods


@tenant_atomic
def _on_sale(tenant_id: int, host: str, *, real: int, now: datetime) -> Goods:
    category = catalog.save_category(given={"name": "视频"}, by=SYSTEM, now=now)
    brand = catalog.save_brand(given={"name": "优酷", "glyph": "优酷"}, by=SYSTEM, now=now)
    named = {"name": "优酷会员", "category_id": category.pk, "brand_id": brand.pk}
    product = catalog.create_product(given=named, by=SYSTEM, now=now)
    year = {"name": "年卡", "kind": "stock_code", "price_e4": 1_480_000}
    sku = catalog.create_sku(product_id=product.pk, given=year, by=SYSTEM, now=now)
    first_codes = [NewCode(secret=Secret(f"BENCH-CODE-{n:06d}")) for n in range(real)]
    first = inventory.add_codes(
        given=NewBatch(sku_id=sku.pk), codes=first_codes, by=SYSTEM, now=now
    )
    catalog.publish(product_id=product.pk, by=SYSTEM, now=now)
    return Goods(
        tenant_id=tenant_id,
        host=host,
        product_ref=product.ref,
        sku_ref=sku.ref,
        sku_id=sku.pk,
        batch_id=first.batch_id,
    )


# Random bytes stand for ciphertext: a claim never opens it.
_CODES = """
    INSERT INTO inventory_code (tenant_id, uid, sku_id, batch_id, lane, state, secret, index_hash,
                                secret_hash, expires_on, loaded_at)
    SELECT %s, gen_random_uuid(), %s, %s, (random() * 15)::int, %s,
           uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
           uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
           uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
           date '9999-12-31', now()
      FROM generate_series(1, %s)
"""


def _fill(goods: Goods, *, codes: int, sold: int) -> None:
    with connections["ops"].cursor() as cursor:
        for state, count in (("sold", sold), ("available", codes)):
            key: list[str | int] = [goods.tenant_id, goods.sku_id, goods.batch_id, state, count]
            cursor.execute(_CODES, key)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE inventory_code")

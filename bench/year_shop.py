"""The shop of a seeded year: its goods and suppliers, made by the services."""

from dataclasses import dataclass

from django.utils import timezone

from catalog import services as catalog
from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from inventory import services as inventory
from inventory.models import Batch, Content
from inventory.types import NewBatch, NewCode, NewContent
from suppliers.models import Offer, Supplier
from tenants import services as tenants
from tenants.selectors import find_shop
from tenants.services import NewMerchant

PRODUCTS, SKUS = 20, 3  # SKUs of each: one from stock, one with shared content, one from suppliers
KINDS = ("stock_code", "reusable", "supplier_code")
SUPPLIERS = 4


@dataclass(frozen=True, slots=True)
class Year:
    """`sku_ids` of each kind in turn; offers are of every third SKU, by supplier in turn."""

    tenant_id: int
    host: str
    sku_ids: list[int]
    batch_ids: list[int]
    content_ids: list[int]
    offer_ids: list[int]
    supplier_ids: list[int]


def find_year(orders: int) -> Year | None:
    shop = find_shop(host=_host(orders))
    if shop is None:
        return None
    with bind(shop.id):
        return _year(shop.id, _host(orders))


def open_year(orders: int) -> Year:
    now = timezone.now()
    given = NewMerchant(
        slug=f"year-{orders}",
        name=f"Year {orders:,}",
        host=_host(orders),
        owner_email="bench@example.com",
    )
    merchant = tenants.create_merchant(given=given, by=SYSTEM, now=now)
    with bind(merchant.pk):
        _fill_shelves()
        return _year(merchant.pk, given.host)


def _host(orders: int) -> str:
    return f"year-{orders}.localhost"


@tenant_atomic
def _year(tenant_id: int, host: str) -> Year:
    offers = Offer.objects.order_by("supplier_id", "sku_id")
    batches = dict(Batch.objects.order_by("-pk").values_list("sku_id", "pk"))
    contents = dict(Content.objects.values_list("sku_id", "pk"))
    supplied = list(offers.values_list("sku_id", flat=True)[:PRODUCTS])
    in_turn = zip(sorted(batches), sorted(contents), supplied, strict=True)
    skus = [sku_id for three in in_turn for sku_id in three]
    return Year(
        tenant_id=tenant_id,
        host=host,
        sku_ids=skus,
        batch_ids=[batches[sku_id] for sku_id in sorted(batches)],
        content_ids=[contents[sku_id] for sku_id in sorted(contents)],
        offer_ids=list(offers.values_list("pk", flat=True)),
        supplier_ids=list(Supplier.objects.order_by("pk").values_list("pk", flat=True)),
    )


@tenant_atomic
def _fill_shelves() -> None:
    now = timezone.now()
    category = catalog.save_category(given={"name": "视频"}, by=SYSTEM, now=now)
    brand = catalog.save_brand(given={"name": "优酷", "glyph": "优酷"}, by=SYSTEM, now=now)
    suppliers = [
        Supplier.objects.create(
            name=f"Supplier {n}", protocol="sandbox", base_url="https://supplier.example",
            app_id="bench", secrets=b"", made_at=now,
        )
        for n in range(SUPPLIERS)
    ]  # fmt: skip
    for n in range(PRODUCTS):
        named = {"name": f"会员 {n:02d}", "category_id": category.pk, "brand_id": brand.pk}
        product = catalog.create_product(given=named, by=SYSTEM, now=now)
        for kind in KINDS:
            _add_sku(product.pk, kind, price_e4=(15 + 7 * n) * 10_000, suppliers=suppliers)


def _add_sku(product_id: int, kind: str, *, price_e4: int, suppliers: list[Supplier]) -> None:
    now = timezone.now()
    given = {"name": kind, "kind": kind, "price_e4": price_e4}
    sku = catalog.create_sku(product_id=product_id, given=given, by=SYSTEM, now=now)
    if kind == "stock_code":
        batch = NewBatch(sku_id=sku.pk, cost_e4=price_e4 * 7 // 10)
        codes = [NewCode(secret=Secret(f"YEAR-{sku.pk}-{n:06d}")) for n in range(200)]
        inventory.add_codes(given=batch, codes=codes, by=SYSTEM, now=now)
    elif kind == "reusable":
        body = NewContent(sku_id=sku.pk, body=Secret("https://example.com/vip"), kind="link")
        inventory.set_content(given=body, by=SYSTEM, now=now)
    else:
        for supplier in suppliers:
            Offer.objects.create(
                supplier=supplier, sku=sku, product="1", cost_e4=price_e4 * 8 // 10,
                most_e4=price_e4,
            )  # fmt: skip

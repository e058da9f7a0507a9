"""The catalog of a demo shop."""

from datetime import datetime
from typing import Any

from catalog import services as catalog
from catalog.models import Brand, BuyerTemplate, Category, Product, Sku
from core.actors import Actor
from core.money import parse_e4
from core.scope import tenant_atomic
from dashboard.demo.book import DemoProduct, DemoShop, DemoSku
from dashboard.demo.plan import Span

FORMS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "手机号": (
        "Phone number",
        [
            {
                "key": "phone",
                "kind": "phone",
                "label": "充值手机号",
                "label_en": "Phone number to top up",
                "is_confirmed_big": True,
            }
        ],
    ),
    "QQ 号": (
        "QQ number",
        [
            {
                "key": "qq",
                "kind": "qq",
                "label": "充值 QQ 号",
                "label_en": "QQ number to top up",
                "is_confirmed_big": True,
            }
        ],
    ),
    "游戏账号": (
        "Game account",
        [
            {
                "key": "account",
                "kind": "account",
                "label": "游戏账号 / UID",
                "label_en": "Game account or UID",
                "is_confirmed_big": True,
            },
            {
                "key": "region",
                "kind": "region",
                "label": "区服",
                "label_en": "Server",
                "options": ["官方服", "B 服", "微信区", "QQ 区"],
            },
        ],
    ),
}


@tenant_atomic
def fill_catalog(shop: DemoShop, *, by: Actor, span: Span) -> dict[tuple[str, str], Sku]:
    """Every product on the shelf; (product, SKU name) -> SKU. What is there already stays."""
    began = span.began
    forms = {name: _form(name, by=by, now=began) for name in FORMS}
    shelves = {
        one["name"]: _category(one, position, by=by, now=began)
        for position, one in enumerate(shop.categories, start=1)
    }
    for position, given in enumerate(shop.products, start=1):
        if not Product.objects.filter(name=given.name).exists():
            _product(given, position, shelves, forms, by=by, now=began)
    skus = Sku.objects.select_related("product")
    return {(sku.product.name, sku.name): sku for sku in skus}


def _form(name: str, *, by: Actor, now: datetime) -> BuyerTemplate:
    name_en, fields = FORMS[name]
    found = BuyerTemplate.objects.filter(name=name).first()
    return found or catalog.save_template(name=name, name_en=name_en, fields=fields, by=by, now=now)


def _category(given: dict[str, str], position: int, *, by: Actor, now: datetime) -> Category:
    found = Category.objects.filter(name=given["name"]).first()
    return found or catalog.save_category(given=given | {"position": position}, by=by, now=now)


def _brand(given: DemoProduct, *, by: Actor, now: datetime) -> Brand:
    found = Brand.objects.filter(name=given.brand["name"]).first()
    names = {"from": "tile_from", "to": "tile_to"}
    fields = {names.get(key, key): value for key, value in given.brand.items()}
    return found or catalog.save_brand(given=fields, by=by, now=now)


def _product(
    given: DemoProduct,
    position: int,
    shelves: dict[str, Category],
    forms: dict[str, BuyerTemplate],
    *,
    by: Actor,
    now: datetime,
) -> None:
    fields = {
        "name": given.name,
        "name_en": given.name_en,
        "aliases": given.aliases,
        "brand_id": _brand(given, by=by, now=now).pk,
        "category_id": shelves[given.category].pk,
        "summary": given.summary,
        "summary_en": given.summary_en,
        "redeem_url": given.redeem_url,
        "position": position,
    }
    product = catalog.create_product(given=fields | given.texts(), by=by, now=now)
    for number, sku in enumerate(given.skus, start=1):
        form = forms[sku.form].pk if sku.form else None
        catalog.create_sku(
            product_id=product.pk, given=_sku_fields(sku, number, form), by=by, now=now
        )
    catalog.publish(product_id=product.pk, by=by, now=now)


def _sku_fields(sku: DemoSku, position: int, form_id: int | None) -> dict[str, Any]:
    return {
        "name": sku.name,
        "name_en": sku.name_en,
        "kind": sku.kind,
        "price_e4": parse_e4(sku.price),
        "list_price_e4": parse_e4(sku.list) if sku.list else None,
        "cost_hint_e4": parse_e4(sku.cost) if sku.cost else None,
        "face_value_e4": parse_e4(sku.face) if sku.face else None,
        "duration_days": sku.days,
        "promise": sku.promise,
        "buyer_template_id": form_id,
        "min_days_left": 3 if sku.expires else 0,
        "position": position,
    }

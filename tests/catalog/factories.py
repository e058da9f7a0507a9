"""Products on the shelf with boring defaults; call them inside the shop's scope."""

from itertools import count
from typing import Any

from catalog.models import Brand, BuyerTemplate, Category, Product, Sku
from catalog.states import ProductState
from tests.times import MORNING

_numbers = count(1)
PHONE_FIELD = {
    "key": "phone",
    "kind": "phone",
    "label": "充值手机号",
    "label_en": "Phone to top up",
}


def make_category(**fields: Any) -> Category:
    return Category.objects.create(**({"name": f"Category {next(_numbers)}"} | fields))


def make_brand(**fields: Any) -> Brand:
    return Brand.objects.create(**({"name": f"Brand {next(_numbers)}", "glyph": "优酷"} | fields))


def make_template(*fields: dict[str, Any], **more: Any) -> BuyerTemplate:
    given = {"name": f"Form {next(_numbers)}", "fields": list(fields or (PHONE_FIELD,))}
    return BuyerTemplate.objects.create(**(given | more))


def make_product(**fields: Any) -> Product:
    """A product on the shelf, without SKUs."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "ref": f"P{number}",
        "name": f"Product {number}",
        "state": ProductState.PUBLISHED,
        "made_at": MORNING,
        "changed_at": MORNING,
    }
    given |= fields
    given.setdefault("brand", None)
    given["brand"] = given["brand"] or make_brand()
    given["category"] = given.get("category") or make_category()
    given.setdefault("search", f"{given['name']} {given.get('name_en', '')}".lower())
    return Product.objects.create(**given)


def make_sku(**fields: Any) -> Sku:
    """A SKU on sale at ¥10.00 of a product on the shelf."""
    number = next(_numbers)
    given: dict[str, Any] = {"ref": f"S{number}", "name": f"SKU {number}", "price_e4": 100_000}
    given |= fields
    if "product_id" not in given:
        given["product"] = given.get("product") or make_product()
    return Sku.objects.create(**given)

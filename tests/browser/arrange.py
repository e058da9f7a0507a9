"""Demo data for a walk, a supplier with one of everything, and a product that is sold out until
the merchant loads codes.

A program of its own: `python -m tests.browser.arrange DAYS`, with the servers up.
"""

import os
import sys

import django
from django.core.management import call_command

PRODUCT, PRODUCT_EN = "影院通兑券", "Cinema voucher"
SKU, SKU_EN = "单张", "One seat"


def main(days: str) -> None:
    call_command("migrate", database="owner", verbosity=0)
    call_command("seed_demo", days=int(days))
    shelve()


def shelve() -> None:
    """Django's apps are there by now."""
    from django.utils import timezone  # noqa: PLC0415 -- after setup

    from catalog import services as catalog  # noqa: PLC0415 -- after setup
    from catalog.models import Brand, Category  # noqa: PLC0415 -- after setup
    from core.actors import SYSTEM  # noqa: PLC0415 -- after setup
    from core.scope import bind, tenant_atomic  # noqa: PLC0415 -- after setup
    from tenants.models import Merchant  # noqa: PLC0415 -- after setup
    from tests.browser.desk import desk  # noqa: PLC0415 -- after setup
    from tests.browser.partners import partner_with, reader  # noqa: PLC0415 -- after setup
    from tests.browser.supply import supply  # noqa: PLC0415 -- after setup

    now = timezone.now()
    shop = Merchant.objects.get(slug="cloud").pk
    with bind(shop), tenant_atomic():
        brand = Brand.objects.create(name="影院", name_en="Cinema", glyph="影院")
        shelf = Category.objects.earliest("position")
        given = {"name": PRODUCT, "name_en": PRODUCT_EN, "brand_id": brand.pk}
        product = catalog.create_product(
            given=given | {"category_id": shelf.pk}, by=SYSTEM, now=now
        )
        sku = {"name": SKU, "name_en": SKU_EN, "kind": "stock_code", "price_e4": 399_000}
        catalog.create_sku(product_id=product.pk, given=sku, by=SYSTEM, now=now)
        catalog.publish(product_id=product.pk, by=SYSTEM, now=now)
        supply(now=now)
    with bind(shop):
        desk(now=now)
        reader()
        partner_with(now=now)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    main(sys.argv[1])

"""One supplier with one of everything that the office shows of suppliers: what the walks look at.

Imported once Django's apps are there.
"""

from datetime import datetime

from catalog import services as catalog
from catalog.models import Brand, Category
from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment.models import Unit
from fulfillment.services.late import keep_late
from suppliers import services as suppliers
from suppliers.models import Offer
from suppliers.types import Answer, BoughtCode, Outcome
from tests.browser.pages import SUPPLIER
from tests.matrix.bills import bills_of
from tests.matrix.catalogues import catalogue_of
from tests.suppliers.papers import authorise

# As a name of a file: long, and without a place to break it.
MARK = "对账_" + "_".join(["2026", "11", "30"] * 5)
CONTRACT = {
    "name": SUPPLIER,
    "protocol": "fulu",
    "base_url": "https://fulu.test",
    "app_id": "10001",
}


@tenant_atomic
def supply(*, now: datetime) -> None:
    offer = _offered(now)
    _came_late(offer, now)
    authorise(offer)
    bills_of(offer.supplier_id, MARK, now)
    catalogue_of(offer.supplier_id, MARK, now)


def _offered(now: datetime) -> Offer:
    """Of goods that no shopper sees."""
    given = {
        "name": "走查月卡",
        "name_en": "Walked",
        "brand_id": Brand.objects.earliest("pk").pk,
        "category_id": Category.objects.earliest("position").pk,
    }
    product = catalog.create_product(given=given, by=SYSTEM, now=now)
    sku = catalog.create_sku(
        product_id=product.pk,
        given={"name": "月卡", "kind": "supplier_code", "price_e4": 200_000},
        by=SYSTEM,
        now=now,
    )
    secrets = {"secret": Secret("0a091b3aa4324435aab703142518a8f7")}
    supplier = suppliers.dock(given=CONTRACT, secrets=secrets, by=SYSTEM, now=now)
    return suppliers.offer(
        supplier_id=supplier.pk,
        sku_id=sku.pk,
        given={"product": "88", "cost_e4": 98_750, "most_e4": 120_000},
        by=SYSTEM,
        now=now,
    )


def _came_late(offer: Offer, now: datetime) -> None:
    """For a thing that the shop's stock had delivered long before."""
    unit = Unit.objects.filter(state="delivered").earliest("pk")
    tried = suppliers.begin(unit_id=unit.pk, offer=offer, choice="", now=now)
    suppliers.mark_sent(attempt_id=tried.pk, now=now)
    answer = Answer(
        outcome=Outcome.SUCCESS,
        codes=(BoughtCode(secret=Secret("WALKED-LATE-0001")),),
        cost_e4=98_750,
    )
    tried = suppliers.record(attempt_id=tried.pk, answer=answer, now=now)
    keep_late(unit, tried, now=now)

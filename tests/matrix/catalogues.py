"""A supplier's catalogue in a shop's world: what it sells, a price that moved, a rule on it."""

from datetime import datetime
from typing import Any

from core.scope import tenant_atomic
from suppliers import services as suppliers
from suppliers.abilities import ListedProduct
from suppliers.models import Catalogue, Offer, Supplier
from suppliers.services.listed import keep_lines, tell_moved
from tests.catalog.people import OWNER


def catalogue_of(supplier_id: int, mark: str, now: datetime) -> dict[str, Any]:
    """What routes and forms are filled with."""
    with tenant_atomic():
        supplier = Supplier.objects.get(pk=supplier_id)
        for cost_e4 in (1, 2):
            line = ListedProduct(product="88", name=f"{mark} month", cost_e4=cost_e4)
            kept = keep_lines(supplier, [line], now=now)
        tell_moved(supplier, kept.moved, percent=5, now=now)
        Catalogue.objects.create(supplier=supplier, next_at=now, read_at=now, said=mark)
        Offer.objects.update(own_fields=["cost_e4"])
        offer = supplier.offers.get()
        suppliers.set_margin_rule(
            sku_id=offer.sku_id, action="delist", margin_percent=5, by=OWNER, now=now
        )
        return {"line": supplier.products.get().pk}

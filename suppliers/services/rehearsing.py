"""The supplier that only plays: docked by itself, and offering what is tried out."""

from collections.abc import Mapping
from datetime import datetime

from core.actors import Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from suppliers.adapters import REHEARSING
from suppliers.models import Offer, Supplier
from suppliers.services.docking import dock
from suppliers.services.offering import change_offer, offer
from suppliers.types import Part

CONTRACT = {
    "name": "Sandbox",
    "protocol": "sandbox",
    "base_url": "https://sandbox.invalid",  # nobody is ever asked there
    "app_id": "sandbox",
}


@tenant_atomic
def rehearse(
    *, parts: Mapping[int, Part], name: str = CONTRACT["name"], by: Actor, now: datetime
) -> None:
    """The bound tenant's own simulated supplier, which is called `name` if it is new, offers these
    SKUs, by their ids, from now on: each plays its part. What it offers so already is left alone.

    Raises SupplierUnfit where real money is paid.
    """
    supplier = Supplier.objects.filter(protocol__in=REHEARSING).first()
    if supplier is None:
        contract = CONTRACT | {"name": name}
        supplier = dock(given=contract, secrets={"secret": Secret("sandbox")}, by=by, now=now)
    offered = {row.sku_id: row for row in Offer.objects.filter(supplier=supplier)}
    for sku_id, part in parts.items():
        given = {"product": part.product, "cost_e4": part.cost_e4, "most_e4": part.cost_e4}
        known = offered.get(sku_id)
        if known is None:
            offer(supplier_id=supplier.pk, sku_id=sku_id, given=given, by=by, now=now)
        elif any(getattr(known, name) != value for name, value in given.items()):
            change_offer(offer_id=known.pk, given=given, by=by, now=now)

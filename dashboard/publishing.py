"""A product comes on the shelf when somebody can deliver it: the catalog knows no supplier."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog.errors import NoSource
from catalog.models import Product, Sku
from catalog.states import BOUGHT
from core.actors import Actor
from core.scope import tenant_atomic
from suppliers.selectors import skus_with_offers
from suppliers.types import Sale


@tenant_atomic
def publish(*, product_id: int, by: Actor, now: datetime) -> Product:
    """Put it on the shelf; raises NoSource also for what no supplier offers for its price."""
    check_offers(product_id=product_id, now=now)
    return catalog.publish(product_id=product_id, by=by, now=now)


@tenant_atomic
def schedule(
    *, product_id: int, publish_at: datetime | None, now: datetime, **given: Any
) -> Product:
    """As the catalog's own; what is to come on the shelf can be delivered today."""
    if publish_at:
        check_offers(product_id=product_id, now=now)
    return catalog.schedule(product_id=product_id, publish_at=publish_at, now=now, **given)


def check_offers(*, product_id: int, now: datetime) -> None:
    """Raises NoSource for what no supplier would deliver, on whichever channel."""
    skus = Sku.objects.filter(product_id=product_id, is_on_sale=True, kind__in=BOUGHT)
    bought = {sku.pk: sku for sku in skus.order_by("position", "pk")}
    if not bought:
        return
    sales = {
        pk: Sale(paid_e4=sku.price_e4, slow_hours=sku.slow_hours) for pk, sku in bought.items()
    }
    offered = skus_with_offers(sales=sales, now=now)
    bare = [sku.shown.name for pk, sku in bought.items() if pk not in offered]
    if bare:
        raise NoSource(
            _(
                "No supplier offers %(sku)s for less than its price. Add an offer under Supply, "
                "Offers, or take the SKU off sale."
            )
            % {"sku": bare[0]}
        )

"""A product comes on the shelf when somebody can deliver it: the catalog knows no supplier."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog.errors import NoSource
from catalog.models import ManyChange, Product, Sku
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


@tenant_atomic
def publish_many(*, product_ids: Sequence[int], by: Actor, now: datetime) -> ManyChange:
    """As the catalog's own; what no supplier offers for its price stays off as well."""
    bare = _bare(product_ids, now=now)
    barred = dict.fromkeys(bare, catalog.NO_OFFER)
    return catalog.publish_many(product_ids=product_ids, barred=barred, by=by, now=now)


def check_offers(*, product_id: int, now: datetime) -> None:
    """Raises NoSource for what no supplier would deliver, on whichever channel."""
    bare = _bare([product_id], now=now)
    if bare:
        raise NoSource(
            _(
                "No supplier offers %(sku)s for less than its price. Add an offer under Supply, "
                "Offers, or take the SKU off sale."
            )
            % {"sku": bare[product_id].shown.name}
        )


def _bare(product_ids: Sequence[int], *, now: datetime) -> dict[int, Sku]:
    """By product, the first of its SKUs on sale that no supplier would deliver."""
    skus = Sku.objects.filter(product_id__in=product_ids, is_on_sale=True, kind__in=BOUGHT)
    bought = {sku.pk: sku for sku in skus.order_by("-position", "-pk")}
    if not bought:
        return {}
    sales = {
        pk: Sale(paid_e4=sku.price_e4, slow_hours=sku.slow_hours) for pk, sku in bought.items()
    }
    offered = skus_with_offers(sales=sales, now=now)
    return {sku.product_id: sku for pk, sku in bought.items() if pk not in offered}

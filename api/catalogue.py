"""What a partner may sell: its SKUs, at its prices, with what its buyers must tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from api.shapes import titled
from catalog import services as catalog
from catalog.selectors import buyer_fields
from catalog.types import BuyerField
from channels import services as channels
from channels.selectors import on_hand, skus_of_partner
from channels.types import Seat
from core.errors import NotFound
from core.money import write_e4
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.types import AccountWanted
from suppliers.types import Sale
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from catalog.models import Sku


def skus_of(*, seat: Seat, now: datetime) -> "QuerySet[Sku]":
    """What the partner may buy now, the newest first."""
    return skus_of_partner(partner_id=seat.partner_id, sells_all=seat.sells_all, now=now)


def get_sku(*, seat: Seat, ref: str, now: datetime) -> "Sku":
    """Raises NotFound, also for what is sold to others only."""
    found = skus_of(seat=seat, now=now).filter(ref=ref).first()
    if found is None:
        raise NotFound(not_sold(ref))
    return found


def not_sold(ref: str) -> str:
    """In a partner's words: the same for what never was, is not on sale, or is sold to others."""
    return _(
        "There is no product “%(sku)s” that you may order: its number is wrong, it is not on sale, "
        "or it is not in your catalogue."
    ) % {"sku": ref}


@tenant_atomic
def account_wanted(
    *, seat: Seat, ref: str, buyer: Mapping[str, str], now: datetime
) -> AccountWanted | None:
    """The account that a supplier is to be asked about; None where nobody can be asked. Raises
    NotFound, UnknownField, and InvalidInput for what an order would be refused for."""
    sku = get_sku(seat=seat, ref=ref, now=now)
    catalog.clean_told_fields(sku=sku, given=buyer)
    return fulfillment.account_to_verify(sku=sku, given=buyer, sale=_sale(seat, sku))


def _sale(seat: Seat, sku: "Sku") -> Sale:
    price_e4 = channels.prices_for(seat=seat, skus=[sku])[sku.pk]
    return Sale(paid_e4=price_e4, channel=seat.channel, slow_hours=sku.slow_hours)


def product_bodies(*, seat: Seat, skus: Sequence["Sku"], now: datetime) -> list[dict[str, Any]]:
    """A page of the catalogue as the API tells it."""
    prices = channels.prices_for(seat=seat, skus=skus)
    there = on_hand(skus=skus, prices=prices, guard=seat.loss_guard, channel=seat.channel, now=now)
    currency = get_shop().currency
    return [
        {
            **titled("product"),
            "sku": sku.ref,
            "name": sku.product.name,
            "name_en": sku.product.name_en or None,
            "variant": sku.name,
            "variant_en": sku.name_en or None,
            "brand": sku.product.brand.name if sku.product.brand else None,
            "kind": sku.kind,
            "delivery": sku.promise,
            "price": write_e4(prices[sku.pk]),
            "list_price": write_e4(sku.price_e4),
            "currency": currency,
            "max_quantity": sku.most_per_order,
            "available": there.has(sku),
            "will_be_held": there.holds(sku),
            "stock": there.count(sku),
            "buyer_fields": [_field(field) for field in buyer_fields(sku)],
        }
        for sku in skus
    ]


def _field(field: BuyerField) -> dict[str, Any]:
    return {
        "key": field.key,
        "type": str(field.kind),
        "label": field.label,
        "label_en": field.label_en or None,
        "required": field.is_required,
        "options": list(field.options),
    }

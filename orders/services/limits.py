"""How much one buyer may have: in an order, over all his orders, and held at once."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from core.scope import require_tenant
from inventory import services as inventory
from inventory.types import HoldRequest
from orders.errors import TooMany
from orders.models import Item, Order
from orders.states import OrderState

if TYPE_CHECKING:
    from catalog.models import Sku


def counted(holds: Sequence[HoldRequest]) -> list[HoldRequest]:
    """The same, when it is known that the buyer may hold so many; else TooManyHeld is raised."""
    wanted: Counter[int] = Counter()
    for hold in holds:
        wanted[hold.sku_id] += hold.quantity
    for sku_id, hold in {hold.sku_id: hold for hold in holds}.items():
        inventory.check_cap(request=replace(hold, quantity=wanted[sku_id]))
    return [replace(hold, most_held=None) for hold in holds]


def check_limits(order: Order, lines: Sequence[tuple["Sku", int]]) -> None:
    """At most so many of a SKU in one order, and for one buyer over all his orders.

    `lines` are SKUs and how many of them. Raises TooMany.
    """
    wanted: Counter[int] = Counter()
    skus = {sku.pk: sku for sku, _quantity in lines}
    for sku, quantity in lines:
        wanted[sku.pk] += quantity
    for sku_id, sku in sorted(skus.items()):
        if wanted[sku_id] > sku.most_per_order:
            raise TooMany(
                _("At most %(most)s of this in one order.") % {"most": sku.most_per_order},
                param="quantity",
                most=sku.most_per_order,
            )
        if sku.most_per_buyer:
            _check_buyer(order, sku, wanted=wanted[sku_id])


def _check_buyer(order: Order, sku: "Sku", *, wanted: int) -> None:
    """Count what this device, phone or mail has of the SKU. A lock per buyer makes the count true:
    a second order of the same buyer waits here until the first one has committed."""
    same = Q()
    if order.buyer_key:
        same |= Q(order__buyer_key=order.buyer_key)
    if order.phone_hash:
        same |= Q(order__phone_hash=order.phone_hash)
    if order.mail_hash:
        same |= Q(order__mail_hash=order.mail_hash)
    if not same:
        return
    _lock_buyer(sku.pk, order.buyer_key, order.phone_hash, order.mail_hash)
    given_up = [OrderState.CLOSED, OrderState.CANCELED]
    theirs = Item.objects.filter(same, sku_id=sku.pk).exclude(order__state__in=given_up)
    has = theirs.aggregate(n=Sum("quantity"))["n"] or 0
    if has + wanted > sku.most_per_buyer:
        raise TooMany(
            _("At most %(most)s of this for one buyer; you have %(has)s.")
            % {"most": sku.most_per_buyer, "has": has},
            param="quantity",
            most=sku.most_per_buyer,
            has=has,
        )


def _lock_buyer(sku_id: int, *keys: str | bytes | memoryview | None) -> None:
    plain = [key if isinstance(key, str) else bytes(key).hex() for key in keys if key]
    names = [f"{require_tenant()}|{sku_id}|{key}" for key in plain]
    locks = sorted(
        int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        for name in names
    )
    with connection.cursor() as cursor:
        for lock in locks:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])

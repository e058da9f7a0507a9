"""Whether the account in a buy form will be topped up; each look is counted, by browser and by
address."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from catalog.errors import NotForSale
from catalog.selectors import get_sku_for_sale
from catalog.states import Channel
from core import limits
from core.callers import subscriber_of
from core.errors import TooManyTries
from core.scope import require_tenant, tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.types import AccountFound, AccountWanted
from storefront.types import Device
from suppliers.abilities import Verdict
from suppliers.types import Sale

WINDOW = timedelta(minutes=10)
MOST_OF_A_BROWSER, MOST_OF_AN_ADDRESS = 15, 40
NOTHING = AccountFound(verdict=Verdict.UNKNOWN)


def look(
    *, product_ref: str, sku_ref: str, given: Mapping[str, str], device: Device, now: datetime
) -> AccountFound:
    """What a supplier says of the account that the form's fields name; in no transaction.

    NOTHING for a form that is not filled in, a product that nobody verifies, a supplier that says
    nothing in time, and for who has looked too often. Raises NotForSale for what is no choice of
    the product.
    """
    wanted = _wanted(product_ref, sku_ref, given, now=now)
    if wanted is None or not _may_look(device, now=now):
        return NOTHING
    return fulfillment.verify_account(wanted=wanted, now=now)


@tenant_atomic
def _wanted(
    product_ref: str, sku_ref: str, given: Mapping[str, str], *, now: datetime
) -> AccountWanted | None:
    sku = get_sku_for_sale(sku_ref=sku_ref, now=now)
    if sku.product.ref != product_ref:
        raise NotForSale(_("This is not on sale any more. Look at what else is there."))
    sale = Sale(paid_e4=sku.price_e4, channel=Channel.WEB, slow_hours=sku.slow_hours)
    return fulfillment.account_to_verify(sku=sku, given=given, sale=sale)


def _may_look(device: Device, *, now: datetime) -> bool:
    shop = require_tenant()
    visitors = [(f"{shop}|{subscriber_of(device.ip)}", MOST_OF_AN_ADDRESS)]
    if device.buyer_key:
        visitors.append((device.buyer_key, MOST_OF_A_BROWSER))
    try:
        for who, most in visitors:
            limits.hit(what="account", who=who, most=most, window=WINDOW, now=now)
    except TooManyTries:
        return False
    return True

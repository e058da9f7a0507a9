"""Whether the account in a buy form will be topped up: asked of its supplier before it is ordered.

Who could ask without end would learn which nickname or carrier belongs to which number: each look
is counted, by browser and by address, and who has looked often enough orders without an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from catalog import services as catalog
from catalog.errors import NotForSale
from catalog.selectors import buyer_fields, get_sku_for_sale
from catalog.states import Channel
from core import limits
from core.errors import InvalidInput, TooManyTries
from core.scope import require_tenant, tenant_atomic
from storefront.types import Device
from suppliers import services as suppliers
from suppliers.abilities import Target, Verdict, Verified
from suppliers.selectors import skus_verified
from suppliers.types import Sale

if TYPE_CHECKING:
    from catalog.models import Sku

WINDOW = timedelta(minutes=10)
MOST_OF_A_BROWSER, MOST_OF_AN_ADDRESS = 15, 40
_PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of an account: `text` is for its buyer, at the form's field `key`."""

    verdict: Verdict
    key: str = ""
    text: str = ""


NOTHING = Found(verdict=Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    sku_id: int
    sale: Sale
    target: Target
    key: str


def look(
    *, product_ref: str, sku_ref: str, given: Mapping[str, str], device: Device, now: datetime
) -> Found:
    """What a supplier says of the account that the form's fields name; in no transaction.

    NOTHING for a form that is not filled in, a product that nobody verifies, a supplier that says
    nothing in time, and for who has looked too often. Raises NotForSale for what is no choice of
    the product.
    """
    wanted = _wanted(product_ref, sku_ref, given, now=now)
    if wanted is None or not _may_look(device, now=now):
        return NOTHING
    said = suppliers.verify(sku_id=wanted.sku_id, sale=wanted.sale, target=wanted.target, now=now)
    return Found(verdict=said.verdict, key=wanted.key, text=_text(said, wanted.target))


@tenant_atomic
def _wanted(
    product_ref: str, sku_ref: str, given: Mapping[str, str], *, now: datetime
) -> _Wanted | None:
    """The form's first answer is the account, as it is when it is ordered (fulfillment)."""
    sku = get_sku_for_sale(sku_ref=sku_ref, now=now)
    if sku.product.ref != product_ref:
        raise NotForSale(_("This is not on sale any more. Look at what else is there."))
    try:
        answers = catalog.clean_buyer_fields(sku=sku, given=given)
    except InvalidInput:
        return None
    if not answers or sku.kind != "top_up":
        return None
    key, account = next(iter(answers.items()))
    fields = {name: text for name, text in answers.items() if name != key}
    kind = next(str(field.kind) for field in buyer_fields(sku) if field.key == key)
    if not skus_verified(kinds={sku.pk: kind}):
        return None
    return _Wanted(
        sku_id=sku.pk,
        sale=_sale(sku),
        target=Target(account=account, kind=kind, fields=fields),
        key=key,
    )


def _sale(sku: "Sku") -> Sale:
    return Sale(paid_e4=sku.price_e4, channel=Channel.WEB, slow_hours=sku.slow_hours)


def _may_look(device: Device, *, now: datetime) -> bool:
    shop = require_tenant()
    visitors = [(f"{shop}|{device.ip}", MOST_OF_AN_ADDRESS)]
    if device.buyer_key:
        visitors.append((device.buyer_key, MOST_OF_A_BROWSER))
    try:
        for who, most in visitors:
            limits.hit(what="account", who=who, most=most, window=WINDOW, now=now)
    except TooManyTries:
        return False
    return True


def _text(said: Verified, target: Target) -> str:
    if said.verdict is not Verdict.NO:
        return said.told if said.verdict is Verdict.YES else ""
    is_phone = target.kind == _PHONE
    if not said.told:
        return (
            _("This number cannot be topped up with this product.")
            if is_phone
            else _("This account cannot be topped up with this product.")
        )
    words = (
        _("This number cannot be topped up with this product: %(why)s")
        if is_phone
        else _("This account cannot be topped up with this product: %(why)s")
    )
    return words % {"why": said.told}

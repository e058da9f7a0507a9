"""The codes of an order to take along: for one tap, as a file, as a picture."""

from datetime import datetime
from typing import TYPE_CHECKING

import segno
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from fulfillment import services as fulfillment
from storefront.selectors.words import goods_word

if TYPE_CHECKING:
    from orders.models import Order
    from tenants.types import Shop


def secrets_of(*, order: "Order", now: datetime) -> dict[str, dict[str, str]]:
    """The codes in the clear, for one tap on the buyer's own page; never cached or logged."""
    return {
        str(unit.unit_id): {
            "card_no": unit.card_no.reveal() if unit.card_no else "",
            "secret": unit.secret.reveal(),
            "qr": _qr_if_it_fits(unit.secret.reveal()),
        }
        for unit in fulfillment.goods_of_order(order_id=order.pk, shown_at=now)
        if unit.secret is not None
    }


def codes_as_text(*, order: "Order", shop: "Shop", now: datetime) -> str:
    """The codes as a small file to keep; empty as long as there is none."""
    goods = fulfillment.goods_of_order(order_id=order.pk, shown_at=now)
    lines = [f"{shop.name_in(get_language() or '')} · {order.number}", ""]
    if all(unit.secret is None for unit in goods):
        return ""
    for unit in goods:
        if unit.secret is None:
            continue
        lines.append(unit.name)
        if unit.card_no:
            lines.append(f"{gettext('Card number')}: {unit.card_no.reveal()}")
        lines.append(f"{goods_word(unit.kind)}: {unit.secret.reveal()}")
        if unit.expires_on:
            lines.append(f"{gettext('Valid until')} {unit.expires_on.isoformat()}")
        lines.append("")
    return "\r\n".join(lines)


def qr_svg(text: str) -> SafeString:
    """A QR code drawn here: no other party sees what is in it."""
    drawn = segno.make(text, error="m", micro=False)
    return SafeString(drawn.svg_inline(border=2, omitsize=True, dark="#111"))


def _qr_if_it_fits(text: str) -> str:
    """Goods may be a long text, a person's words: such a one is read, none is scanned."""
    try:
        return qr_svg(text)
    except segno.DataOverflowError:
        return ""

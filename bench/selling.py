"""One sale, as the storefront composes it: a form, then the notice that its money is here."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from bench.goods import Goods
from core.scope import tenant_atomic, whole
from core.sheets import Sheet
from orders import services as orders
from orders.types import Line, PlaceOrder
from payments import services as payments
from payments.services.sandbox_books import merchant_ref
from payments.types import Notice, Payable
from storefront import services as storefront

if TYPE_CHECKING:
    from payments.models import Payment


@cache
def _merchant_ref(_tenant_id: int) -> str:
    """What a provider knows by heart: for it, it costs nothing to write it into a notice."""
    return merchant_ref()


def sell_one(goods: Goods) -> None:
    now = timezone.now()
    request = PlaceOrder(
        lines=(Line(sku_ref=goods.sku_ref, quantity=1),),
        request_key=uuid4().hex,
        has_consented=True,
        contact_mail="bench@example.com",
    )
    with tenant_atomic(), whole():
        sheet = Sheet()
        order = orders.place(request=request, now=now, sheet=sheet)
        payable = Payable(
            ref=order.number,
            id=order.pk,
            amount_e4=order.total_e4,
            currency=order.currency,
            title="Bench",
            expires_at=order.pay_until,
            is_new=True,
        )
        payment = payments.start(payable=payable, provider="sandbox", now=now, sheet=sheet)
        if not sheet.write():
            raise SystemExit("an order of the bench was there already")
    notice = notice_of(payment, ref=_merchant_ref(goods.tenant_id), event=uuid4().hex, now=now)
    storefront.take_money(notice=notice, now=now)


def notice_of(payment: "Payment", *, ref: str, event: str, now: datetime) -> Notice:
    """What the sandbox's bank says when the payment is made."""
    return Notice(
        provider="sandbox",
        event_ref=event,
        payment_number=payment.number,
        merchant_ref=ref,
        amount_e4=payment.amount_e4,
        currency=payment.currency,
        paid_at=now,
        is_paid=True,
        provider_ref=payment.provider_ref,
        signed_at=now,
        body_digest=b"",
    )

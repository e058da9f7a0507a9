"""How a shopper of the demo buys: the order's form, and the money by the sandbox's bank."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from core.actors import Actor
from core.scope import tenant_atomic
from dashboard.demo.plan import DemoOrder
from dashboard.demo.stocking import Skus
from orders import services as orders
from orders.models import Order
from orders.types import Line, PlaceOrder
from payments import services as payments
from payments.models import SandboxTrade
from payments.services.sandbox import notice_as_sent
from payments.states import AccountKind
from payments.types import Misbehaviour, Payable

if TYPE_CHECKING:
    from payments.types import Captured

PARTNER = "小麦开放平台"
PARTNER_FUNDS_E4 = 200_000 * 10_000

# From where the buyers are: the coast, some cities, and one from far away now and then.
_PHONES = (
    "1350001", "1350575", "1350512", "1350162", "1350106", "1350001", "1350533", "1350806",
    "1350344", "1350001", "1350715", "1350505", "1350512", "1350736", "1350050", "1350575",
    "1350036", "1350911", "1350043", "1350204", "1350316", "1350876", "1351996", "1351800",
)  # fmt: skip


class Till:
    """Of one shop; a partner platform buys from a balance that it keeps there."""

    def __init__(self, skus: Skus) -> None:
        self._skus = skus
        self._partner = 0

    @tenant_atomic
    def open_partner(self, *, by: Actor, now: datetime) -> None:
        account = payments.open_account(kind=AccountKind.PARTNER, owner_ref=PARTNER, currency="CNY")
        payments.top_up_balance(
            account_id=account.pk, amount_e4=PARTNER_FUNDS_E4, ref="demo", by=by, now=now
        )
        self._partner = account.pk

    def place(self, planned: DemoOrder) -> Order:
        return orders.place(request=self._request(planned), now=planned.placed_at)

    def _request(self, planned: DemoOrder) -> PlaceOrder:
        sku = self._skus[planned.product, planned.sku.name]
        digits = f"{_PHONES[planned.buyer % len(_PHONES)]}{planned.buyer:04d}"
        given = {
            "phone": digits,
            "qq": f"10{planned.buyer:06d}",
            "account": f"player{planned.buyer}",
            "region": "官方服",
        }
        is_partner = planned.channel == "api"
        return PlaceOrder(
            lines=(Line(sku_ref=sku.ref, quantity=planned.quantity, buyer_fields=given),),
            request_key=planned.key,
            buyer_key=hashlib.sha256(f"demo buyer {planned.buyer}".encode()).hexdigest(),
            contact_phone="" if is_partner else digits,
            contact_mail=f"buyer{planned.buyer}@example.com" if planned.buyer % 4 == 0 else "",
            language=planned.language,
            channel=planned.channel,
            ip=f"203.0.113.{planned.buyer % 250 + 1}",
            has_consented=True,
        )

    def pay(self, order: Order, planned: DemoOrder) -> None:
        captured = self._capture(order, planned)
        by = Actor("provider:sandbox")
        orders.record_payment(
            order_id=order.pk, payment_id=captured.payment_id, by=by, now=planned.paid_at
        )

    def begin_to_pay(self, order: Order, planned: DemoOrder) -> None:
        payments.start(payable=_payable(order), provider="sandbox", now=planned.placed_at)

    def _capture(self, order: Order, planned: DemoOrder) -> "Captured":
        """The shopper pays at the sandbox's bank, which sends us its signed notice."""
        payable = _payable(order)
        if planned.channel == "api":
            return payments.pay_from_balance(
                payable=payable, account_id=self._partner, now=planned.paid_at
            )
        payment = payments.start(payable=payable, provider="sandbox", now=planned.placed_at)
        trade = SandboxTrade.objects.get(payment_number=payment.number)
        payments.sandbox_pay(token=trade.token, now=planned.paid_at)
        trade.paid_at = planned.paid_at
        body, headers = notice_as_sent(
            trade=trade,
            event_ref=f"EV{payment.number}",
            how=Misbehaviour.NONE,
            now=planned.paid_at,
        )
        notice = payments.read_notice(provider="sandbox", body=body, headers=headers)
        return payments.capture(notice=notice, now=planned.paid_at)


def _payable(order: Order) -> Payable:
    return Payable(
        ref=order.number,
        id=order.pk,
        amount_e4=order.total_e4,
        currency=order.currency,
        title="、".join(item.name for item in order.items.all()),
        expires_at=order.pay_until,
    )

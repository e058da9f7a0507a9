"""Days of business, played through the real services with past moments.

A day is one transaction (a thousand orders would else wait for a thousand commits), and what it
emits is told to nobody: the worker's part is done here, at the moment when it would have been.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F

from catalog.models import Sku
from core.actors import SHOPPER, Actor
from core.outbox import untold
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.demo.book import DemoShop
from dashboard.demo.plan import DemoOrder, Fate, Span, just_now, orders_of
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from fulfillment.states import UnitState
from inventory.errors import OutOfStock
from orders import services as orders
from orders.models import Case, Order
from orders.types import Line, OpenCase, PlaceOrder
from payments import services as payments
from payments.errors import NoticeRefused
from payments.models import Refund, SandboxNotice, SandboxTrade
from payments.services.sandbox import notice_as_sent
from payments.states import AccountKind
from payments.types import Misbehaviour, Payable

if TYPE_CHECKING:
    from payments.types import Captured

PARTNER = "小麦开放平台"
PARTNER_FUNDS_E4 = 200_000 * 10_000
COMPLAINTS = (
    "兑换时提示「兑换码已被使用」,请帮忙看看。",
    "输入后显示无效,试了两次都不行。",
    "兑换成功了但是会员没有到账。",
)
ENDS = {
    Fate.REPLACED: ("replaced", "已为您换发新码,请在订单页查看。"),
    Fate.PAID_BACK: ("refunded", "已为您退款,原路退回。"),
    Fate.REJECTED: ("rejected", "核对显示该码已在您的账号上兑换成功,如有疑问请联系我们。"),
}
Skus = dict[tuple[str, str], Sku]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    operator: Actor
    support: Actor


def play(
    shop: DemoShop, skus: Skus, *, staff: Staff, span: Span, say: Callable[[str], None]
) -> None:
    """Every day that has no order yet, then what is on its way just now."""
    _Shop(shop, skus, staff=staff, span=span).play(say)


class _Shop:
    def __init__(self, shop: DemoShop, skus: Skus, *, staff: Staff, span: Span) -> None:
        self._shop, self._skus, self._staff, self._span = shop, skus, staff, span
        self._partner = 0

    def play(self, say: Callable[[str], None]) -> None:
        with untold():
            self._open_partner()
            for day in self._span.dates():
                count = self._play_day(day)
                say(f"{self._shop.name}: {day:%m-%d}, {count} orders")
                self._pay_refunds()
            self._play_now()
            self._complain_lately()
            self._hear_a_forger()
            self._close_books()

    @tenant_atomic
    def _open_partner(self) -> None:
        """A partner platform buys from a balance that it keeps here."""
        account = payments.open_account(kind=AccountKind.PARTNER, owner_ref=PARTNER, currency="CNY")
        payments.top_up_balance(
            account_id=account.pk,
            amount_e4=PARTNER_FUNDS_E4,
            ref="demo",
            by=self._staff.operator,
            now=self._span.began,
        )
        self._partner = account.pk

    @tenant_atomic
    def _play_day(self, day: date) -> int:
        planned = orders_of(self._shop, day, span=self._span)
        first = min((each.placed_at for each in planned), default=self._span.now)
        if Order.objects.filter(placed_at__gte=first, placed_at__lt=first + timedelta(days=1)):
            return 0
        for each in planned:
            # Sold out, or too many held by one buyer: that shopper went away, as in life.
            with suppress(OutOfStock), tenant_atomic():
                self._play_order(each)
        return len(planned)

    @tenant_atomic
    def _play_now(self) -> None:
        for planned in just_now(self._shop, span=self._span):
            order = orders.place(request=self._request(planned), now=planned.placed_at)
            if order.payment_id is not None:
                continue
            if planned.fate == Fate.PAID:
                self._pay(order, planned)
                fulfillment.open_units(order_id=order.pk, now=planned.paid_at)
            else:
                payments.start(payable=_payable(order), provider="sandbox", now=planned.placed_at)

    def _play_order(self, planned: DemoOrder) -> None:
        order = orders.place(request=self._request(planned), now=planned.placed_at)
        if planned.fate == Fate.UNPAID:
            orders.close_unpaid(order_id=order.pk, now=planned.placed_at + timedelta(minutes=15))
            return
        if planned.fate == Fate.LATE:
            orders.close_unpaid(order_id=order.pk, now=planned.placed_at + timedelta(minutes=15))
        self._pay(order, planned)
        fulfillment.open_units(order_id=order.pk, now=planned.paid_at + timedelta(seconds=1))
        self._deliver_by_hand(order, planned)
        self._after_sale(order, planned)

    def _request(self, planned: DemoOrder) -> PlaceOrder:
        sku = self._skus[planned.product, planned.sku.name]
        digits = f"1380013{planned.buyer:04d}"
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

    def _pay(self, order: Order, planned: DemoOrder) -> None:
        captured = self._capture(order, planned)
        by = Actor("provider:sandbox")
        orders.record_payment(
            order_id=order.pk, payment_id=captured.payment_id, by=by, now=planned.paid_at
        )

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

    def _deliver_by_hand(self, order: Order, planned: DemoOrder) -> None:
        """Staff come to it within half an hour, if that is over yet."""
        at = planned.paid_at + min(planned.later, timedelta(minutes=28))
        waiting = Unit.objects.filter(order=order, state=UnitState.BY_HAND)
        if planned.sku.kind != "by_hand" or at > self._span.now:
            return
        for unit in waiting:
            text = Secret(f"已充值成功,流水号 CZ{order.number.replace('-', '')}{unit.position}")
            fulfillment.deliver_by_hand(unit_id=unit.pk, text=text, by=self._staff.support, now=at)

    def _after_sale(self, order: Order, planned: DemoOrder) -> None:
        at = planned.paid_at + timedelta(minutes=30) + planned.later
        if planned.fate in {Fate.PAID, Fate.LATE} or at > self._span.now:
            return
        if planned.fate == Fate.REFUNDED:
            fulfillment.refund_units(
                order_id=order.pk, by=self._staff.operator, reason="goodwill", now=at
            )
            return
        self._complain(order, planned, at=at)

    def _complain(self, order: Order, planned: DemoOrder, *, at: datetime) -> None:
        case = self._open_case(order, at=at)
        answered = at + timedelta(minutes=12 + planned.buyer % 40)
        decided = answered + timedelta(minutes=25)
        if decided > self._span.now:
            return
        orders.say_in_case(
            case_id=case.pk,
            text="您好,已收到,正在核对发货记录。",
            by=self._staff.support,
            is_from_shopper=False,
            now=answered,
        )
        outcome, said = ENDS[planned.fate]
        fulfillment.settle_case(
            case_id=case.pk, outcome=outcome, by=self._staff.support, reason=said, now=decided
        )

    def _open_case(self, order: Order, *, at: datetime) -> Case:
        unit = Unit.objects.filter(order=order).order_by("position")[0]
        text = COMPLAINTS[order.pk % len(COMPLAINTS)]
        request = OpenCase(order_id=order.pk, kind="code_fails", text=text, unit_id=unit.pk)
        return orders.open_case(request=request, by=SHOPPER, now=at)

    @tenant_atomic
    def _complain_lately(self) -> None:
        """Two complaints wait for our staff today."""
        if Case.objects.filter(state="open").exists():
            return
        lately = self._span.now - timedelta(hours=5)
        happy = Order.objects.filter(state="completed", cases=None, paid_at__lt=lately)
        bought = happy.filter(items__kind="stock_code").order_by("-paid_at")[:2]
        for hours, order in enumerate(bought, start=1):
            self._open_case(order, at=self._span.now - timedelta(hours=2 * hours, minutes=17))

    def _hear_a_forger(self) -> None:
        """Somebody on the internet tried a notice without our key: the office sees it."""
        body, at = b'{"trade_status": "TRADE_SUCCESS"}', self._span.now - timedelta(hours=3)
        try:
            with tenant_atomic():
                payments.read_notice(provider="sandbox", body=body, headers={})
        except NoticeRefused as refusal:
            payments.keep_refusal(provider="sandbox", body=body, refusal=refusal, now=at)

    def _pay_refunds(self) -> None:
        """Outside the day's transaction: the bank is asked between two of its own."""
        with tenant_atomic():
            due = list(Refund.objects.filter(state="created").values_list("pk", "made_at"))
        for refund_id, made_at in due:
            payments.push_refund(refund_id=refund_id, now=made_at + timedelta(seconds=2))

    @tenant_atomic
    def _close_books(self) -> None:
        """The sandbox has told all it had to tell: its notices were answered above."""
        told = SandboxNotice.objects.filter(answered_at=None, given_up_at=None)
        told.update(answered_at=F("next_at"), last_answer="success", tries=1)


def _payable(order: Order) -> Payable:
    return Payable(
        ref=order.number,
        id=order.pk,
        amount_e4=order.total_e4,
        currency=order.currency,
        title="、".join(item.name for item in order.items.all()),
        expires_at=order.pay_until,
    )

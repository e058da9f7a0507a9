"""What the demo's staff do: deliver by hand, pay back, hear complaints and decide them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actors import SHOPPER, Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.demo.plan import DemoOrder, Fate, Span
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from fulfillment.states import UnitState
from orders import services as orders
from orders.models import Case, Order
from orders.types import OpenCase

COMPLAINTS = (
    "兑换时提示「卡密已被使用」，请帮忙看看。",
    "输入后显示无效，试了两次都不行。",
    "兑换成功了但是会员没有到账。",
)
ENDS = {
    Fate.REPLACED: ("replaced", "已为您换发新卡密，请在订单页查看。"),
    Fate.PAID_BACK: ("refunded", "已为您退款，原路退回。"),
    Fate.REJECTED: ("rejected", "核对显示该卡密已在您的账号上兑换成功，如有疑问请联系我们。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    operator: Actor
    support: Actor


class Desk:
    """Nothing is done after the span's `now`."""

    def __init__(self, staff: Staff, span: Span) -> None:
        self._staff, self._span = staff, span

    def deliver_by_hand(self, order: Order, planned: DemoOrder) -> None:
        """Staff come to it within half an hour, if that is over yet."""
        at = planned.paid_at + min(planned.later, timedelta(minutes=28))
        waiting = Unit.objects.filter(order=order, state=UnitState.BY_HAND)
        if planned.sku.kind != "by_hand" or at > self._span.now:
            return
        for unit in waiting:
            text = Secret(f"已充值成功，流水号 CZ{order.number.replace('-', '')}{unit.position}")
            fulfillment.deliver_by_hand(unit_id=unit.pk, text=text, by=self._staff.support, now=at)

    def after_sale(self, order: Order, planned: DemoOrder) -> None:
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
            text="您好，已收到，正在核对发货记录。",
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
    def hear_new_complaints(self) -> None:
        """Two complaints wait for our staff today."""
        if Case.objects.filter(state="open").exists():
            return
        lately = self._span.now - timedelta(hours=5)
        happy = Order.objects.filter(state="completed", cases=None, paid_at__lt=lately)
        bought = happy.filter(items__kind="stock_code").order_by("-paid_at")[:2]
        for hours, order in enumerate(bought, start=1):
            self._open_case(order, at=self._span.now - timedelta(hours=2 * hours, minutes=17))

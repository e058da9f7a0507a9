"""Days of business, played through the real services with past moments.

A day is one transaction (a thousand orders would else wait for a thousand commits), and what it
emits is told to nobody: the worker's part is done here, at the moment when it would have been.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from django.db.models import F

from core.outbox import untold
from core.scope import tenant_atomic
from dashboard.demo.book import DemoShop
from dashboard.demo.buying import Till
from dashboard.demo.plan import DemoOrder, Fate, Span, just_now, orders_of
from dashboard.demo.staff import Desk, Staff
from dashboard.demo.stocking import Skus
from dashboard.demo.supplying import Upstream
from fulfillment import services as fulfillment
from inventory.errors import OutOfStock
from orders import services as orders
from orders.models import Order
from payments import services as payments
from payments.errors import NoticeRefused
from payments.models import Refund, SandboxNotice


def play(
    shop: DemoShop, skus: Skus, *, staff: Staff, span: Span, say: Callable[[str], None]
) -> None:
    """Every day that has no order yet, then what is on its way just now."""
    till = Till(skus)
    days = _Days(shop, till=till, desk=Desk(staff, span), span=span)
    with untold():
        till.open_partner(by=staff.operator, now=span.began)
        days.play(say)
        _hear_a_forger(span)
        _close_books()


class _Days:
    def __init__(self, shop: DemoShop, *, till: Till, desk: Desk, span: Span) -> None:
        self._shop, self._till, self._desk, self._span = shop, till, desk, span
        self._upstream = Upstream(shop.slug)

    def play(self, say: Callable[[str], None]) -> None:
        self._upstream.open(now=self._span.began)
        for day in self._span.dates():
            count = self._play_day(day)
            self._upstream.deliver()
            say(f"{self._shop.name}: {day:%m-%d}, {count} orders")
            _pay_refunds()
        self._play_now()
        self._desk.hear_new_complaints()

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
            order = self._till.place(planned)
            if order.payment_id is not None:
                continue
            if planned.fate == Fate.PAID:
                self._till.pay(order, planned)
                fulfillment.open_units(order_id=order.pk, now=planned.paid_at)
            else:
                self._till.begin_to_pay(order, planned)

    def _play_order(self, planned: DemoOrder) -> None:
        order = self._till.place(planned)
        if planned.fate in {Fate.UNPAID, Fate.LATE}:
            orders.close_unpaid(order_id=order.pk, now=planned.placed_at + timedelta(minutes=15))
        if planned.fate == Fate.UNPAID:
            return
        self._till.pay(order, planned)
        fulfillment.open_units(order_id=order.pk, now=planned.paid_at + timedelta(seconds=1))
        self._desk.deliver_by_hand(order, planned)
        self._desk.after_sale(order, planned)


def _hear_a_forger(span: Span) -> None:
    """Somebody on the internet tried a notice without our key: the office sees it."""
    body, at = b'{"trade_status": "TRADE_SUCCESS"}', span.now - timedelta(hours=3)
    try:
        with tenant_atomic():
            payments.read_notice(provider="sandbox", body=body, headers={})
    except NoticeRefused as refusal:
        payments.keep_refusal(provider="sandbox", body=body, refusal=refusal, now=at)


def _pay_refunds() -> None:
    """Outside the day's transaction: the bank is asked between two of its own."""
    with tenant_atomic():
        due = list(Refund.objects.filter(state="created").values_list("pk", "made_at"))
    for refund_id, made_at in due:
        payments.push_refund(refund_id=refund_id, now=made_at + timedelta(seconds=2))


@tenant_atomic
def _close_books() -> None:
    """The sandbox has told all it had to tell: its notices were answered above."""
    told = SandboxNotice.objects.filter(answered_at=None, given_up_at=None)
    told.update(answered_at=F("next_at"), last_answer="success", tries=1)

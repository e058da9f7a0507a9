"""What the shopper's pages do, composed from the apps below: a face writes nothing itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from core.actors import SHOPPER, Actor
from core.errors import AppError, NotFound
from core.failpoints import reach
from core.scope import tenant_atomic, whole
from core.sheets import Sheet
from fulfillment import services as fulfillment
from inventory.errors import OutOfStock
from orders import services as orders
from orders.errors import RefusedByRules
from orders.selectors import case_by_ref, items_of_order
from orders.states import Recorded
from orders.types import Line, OpenCase, PlaceOrder
from payments import services as payments
from payments.errors import NoticeRefused, PaidAlready, ProviderUnknown
from payments.selectors import live_payments
from payments.types import Captured, Notice, Payable
from storefront.errors import PriceChanged
from storefront.selectors.words import all_names
from storefront.types import BuyInput, Device

if TYPE_CHECKING:
    from orders.models import Case, Order
    from payments.models import Payment

log = structlog.get_logger(__name__)


@tenant_atomic
def buy(*, given: BuyInput, device: Device, now: datetime) -> "Order":
    """Place the order a form asks for and open its payment; the same form is the same order.

    Raises PriceChanged where its page showed another price, and what `orders.place` raises.
    """
    line = Line(sku_ref=given.sku_ref, quantity=given.quantity, buyer_fields=given.fields)
    request = PlaceOrder(
        lines=(line,),
        request_key=given.request_key,
        buyer_key=device.buyer_key,
        contact_phone=given.contact_phone,
        contact_mail=given.contact_mail,
        password=given.password,
        language=device.language,
        ip=device.ip,
        has_consented=given.has_consented,
    )
    with whole():
        sheet = Sheet()
        order = orders.place(request=request, now=now, sheet=sheet)
        if order.placed_at == now:
            news = _price_news(order, given.seen_e4)
            way = _way(order, given.way)
            if way and news is None:
                payable = _payable(order, now=now)
                payments.start(payable=payable, provider=way, now=now, sheet=sheet)
            if sheet.write():
                # Only now is it known that the form was not an order before its price changed.
                if news is not None:
                    raise news
                return order
            # A double click: nobody is shown the way to pay what this one opened in vain.
            order = orders.placed_before(order)
    find_payment(order=order, way=given.way, now=now)
    return order


def keep_refusal(refusal: AppError) -> None:
    """What is still to be written, though nothing of the order stands."""
    if isinstance(refusal, RefusedByRules):
        orders.keep_refused(refusal=refusal)


def _price_news(order: "Order", seen_e4: int | None) -> PriceChanged | None:
    """What the shopper has to hear first, if the order's thing costs not what its page said."""
    price_e4 = items_of_order(order)[0].unit_price_e4
    if seen_e4 is None or seen_e4 == price_e4:
        return None
    return PriceChanged(seen_e4=seen_e4, price_e4=price_e4, currency=order.currency)


@tenant_atomic
def find_payment(*, order: "Order", way: str = "", now: datetime) -> "Payment | None":
    """The open payment of an order that may be paid, opened if there is none; else None.

    `way` is a provider's name as the shopper chose it. Without one it is the way that was begun
    last, else the first; one that is not offered is refused with ProviderUnknown.
    """
    provider = _way(order, way) if order.state == "placed" else ""
    if not provider:
        return None
    try:
        return payments.start(payable=_payable(order, now=now), provider=provider, now=now)
    except PaidAlready:
        return None


def _way(order: "Order", chosen: str) -> str:
    """The provider's name; empty where nothing can be paid. Raises ProviderUnknown."""
    ways = [one.name for one in payments.ways_to_pay()]
    if chosen and ways and chosen not in ways:
        raise ProviderUnknown(_("This way to pay does not exist here. Choose another one."))
    return (chosen or _begun(order, ways) or ways[0]) if ways else ""


def _begun(order: "Order", ways: list[str]) -> str:
    if len(ways) == 1:
        return ways[0]
    known = [one for one in live_payments(payable_id=order.pk) if one.provider in ways]
    return max(known, key=lambda one: one.pk).provider if known else ""


def hear_notice(*, provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bytes:
    """A provider says that money came. The answer is the provider's word for "heard".

    Money and order move in one transaction. A notice that is refused is kept for the office, in a
    transaction of its own, and raised on.
    """
    try:
        with tenant_atomic(durable=True):
            notice = payments.read_notice(provider=provider, body=body, headers=headers)
            word = payments.success_word(provider=provider)
        take_money(notice=notice, now=now)
    except NoticeRefused as refusal:
        payments.keep_refusal(provider=provider, body=body, refusal=refusal, now=now)
        raise
    reach("storefront.notice_heard")
    return word


def ask_for_money(*, payment_id: int, now: datetime) -> None:
    """No notice came: if the provider says that it was paid, it is as if one had come."""
    notice = payments.ask(payment_id=payment_id, now=now)
    if notice is None:
        return
    reach("storefront.money_found")
    try:
        take_money(notice=notice, now=now)
    except NoticeRefused as refusal:
        payments.keep_refusal(provider=notice.provider, body=b"", refusal=refusal, now=now)


def take_money(*, notice: Notice, now: datetime) -> None:
    """What a notice brings: the order is paid and, from stock, delivered, in one transaction.

    Raises NoticeRefused, and nothing moves.
    """
    try:
        _pay_and_deliver(notice, now=now)
    except OutOfStock:
        # Late, and sold out: nothing of it stands. The money is here all the same, and goes back.
        _take_and_pay_back(notice, now=now)
    except (NoticeRefused, OperationalError, InterfaceError):
        raise
    except Exception:
        # Money is not refused because goods cannot be handed over: it is taken by itself, and a
        # worker delivers as soon as what is wrong has been put right.
        log.exception("delivery_failed", payment=notice.payment_number)
        _pay_only(notice, now=now)


@tenant_atomic(durable=True)
def _pay_and_deliver(notice: Notice, *, now: datetime) -> None:
    sheet = Sheet()
    with whole():
        captured = payments.capture(notice=notice, now=now, sheet=sheet)
    if not captured.is_first:
        return
    reach("storefront.money_captured")
    recorded = fulfillment.take_payment(
        order_id=captured.payable_id,
        payment_id=captured.payment_id,
        by=_provider(notice),
        now=now,
        sheet=sheet,
    )
    sheet.write()
    _give_second_back(recorded, captured, notice, now=now)


@tenant_atomic(durable=True)
def _pay_only(notice: Notice, *, now: datetime) -> None:
    captured = payments.capture(notice=notice, now=now)
    recorded = orders.record_payment(
        order_id=captured.payable_id,
        payment_id=captured.payment_id,
        by=_provider(notice),
        now=now,
    )
    _give_second_back(recorded, captured, notice, now=now)


@tenant_atomic(durable=True)
def _take_and_pay_back(notice: Notice, *, now: datetime) -> None:
    captured = payments.capture(notice=notice, now=now)
    if captured.is_first:
        _pay_back(captured, notice, reason="late_and_sold_out", now=now)


def _give_second_back(
    recorded: Recorded, captured: Captured, notice: Notice, *, now: datetime
) -> None:
    if recorded == Recorded.SECOND:
        _pay_back(captured, notice, reason="paid_twice", now=now)


def _provider(notice: Notice) -> Actor:
    return Actor(f"provider:{notice.provider}")


def _pay_back(captured: Captured, notice: Notice, *, reason: str, now: datetime) -> None:
    """All of it, under a number that the same payment always gives."""
    payments.refund(
        payment_id=captured.payment_id,
        amount_e4=notice.amount_e4,
        number=f"{notice.payment_number}-{reason}"[:64],
        reason=reason,
        by=_provider(notice),
        now=now,
    )


@tenant_atomic
def sell_from_balance(*, request: PlaceOrder, account_id: int, now: datetime) -> "Order":
    """Place, pay from a balance and deliver what needs no network, all or nothing.

    Raises what these raise: OutOfStock, BalanceTooLow, InvalidInput, NotForSale.
    """
    order = orders.place(request=request, now=now)
    captured = payments.pay_from_balance(
        payable=_payable(order, now=now), account_id=account_id, now=now
    )
    by = Actor(f"account:{account_id}")
    fulfillment.take_payment(order_id=order.pk, payment_id=captured.payment_id, by=by, now=now)
    return order


@tenant_atomic
def complain(*, order: "Order", kind: str, text: str, unit_id: int | None, now: datetime) -> "Case":
    """Open an after-sale case about one of the order's own things."""
    mine = {unit.unit_id for unit in fulfillment.goods_of_order(order_id=order.pk)}
    if unit_id is not None and unit_id not in mine:
        raise NotFound(_("This is not part of the order."))
    request = OpenCase(order_id=order.pk, kind=kind, text=text, unit_id=unit_id)
    return orders.open_case(request=request, by=SHOPPER, now=now)


@tenant_atomic
def give_up(*, order: "Order", now: datetime) -> None:
    """The shopper cancels what is not paid: his goods are free for the next one."""
    orders.give_up(order_id=order.pk, by=SHOPPER, now=now)


def say(*, order: "Order", case_ref: str, text: str, now: datetime) -> None:
    """Add the shopper's message to a case of the order."""
    case = case_by_ref(ref=case_ref, order_id=order.pk)
    orders.say_in_case(case_id=case.pk, text=text, by=SHOPPER, is_from_shopper=True, now=now)


def _payable(order: "Order", *, now: datetime) -> Payable:
    title = all_names(items_of_order(order))
    return Payable(
        ref=order.number,
        id=order.pk,
        amount_e4=order.total_e4,
        currency=order.currency,
        title=title[:120],
        expires_at=order.pay_until,
        is_new=order.placed_at == now,
    )

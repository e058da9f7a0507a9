"""From the form to the order and its payment, and what the shopper does about it later."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from channels.selectors import is_to_be_paid, payable_of
from core.actors import SHOPPER, Actor
from core.contacts import clean_mail, clean_phone
from core.errors import AppError, NotFound
from core.scope import tenant_atomic, whole
from core.secrets import Secret
from core.sheets import Sheet
from fulfillment import services as fulfillment
from fulfillment.selectors import has_goods
from orders import services as orders
from orders.errors import PersonWanted, RefusedByRules
from orders.selectors import case_by_ref, contact_of, items_of_order, known_contact
from orders.types import Contact, Line, LookUp, OpenCase, Opener, PlaceOrder
from payments import services as payments
from payments.errors import PaidAlready, ProviderUnknown
from payments.selectors import live_payments
from payments.types import Payable
from risk import services as risk
from risk.selectors import known_person, rules_in_force
from risk.states import Action
from storefront.errors import PriceChanged
from storefront.selectors.words import all_names
from storefront.types import BuyInput, Device

if TYPE_CHECKING:
    from channels.models import PaymentIn
    from orders.models import Case, Opening, Order
    from payments.models import Payment


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
        person=_person(device, partial(contact_in, given), now=now),
    )
    with whole():
        sheet = Sheet()
        order = orders.place(request=request, now=now, sheet=sheet)
        if order.placed_at == now:
            news = _price_news(order, given.seen_e4)
            way = _way(order.pk, given.way)
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


def contact_in(given: BuyInput) -> Contact:
    """Where the buyer of a form is reached. Raises InvalidInput."""
    return known_contact(
        phone=clean_phone(given.contact_phone) if given.contact_phone else "",
        mail=clean_mail(given.contact_mail) if given.contact_mail else "",
    )


def _person(
    device: Device, contact: Callable[[], Contact] = Contact, *, now: datetime
) -> str | None:
    """How somebody at this device proved lately to be a person, where he is reached if a code was
    sent; asked only where a rule asks. None, where that cannot be told: nobody is asked twice."""
    if not device.can_be_asked:
        return None
    if not rules_in_force().wants_persons:
        return ""

    def known() -> str | None:
        found = contact()
        return known_person(device=device.buyer_key, phone=found.phone, mail=found.mail, now=now)

    return risk.judged(look=known, instead=lambda: None, moment="person", subject="")


def keep_refusal(refusal: AppError) -> None:
    """What is still to be written, though nothing of the order stands."""
    if isinstance(refusal, RefusedByRules | PersonWanted):
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
    return _opened(_payable(order, now=now), way, now=now) if order.state == "placed" else None


@tenant_atomic
def find_payment_in(*, asked: "PaymentIn", way: str = "", now: datetime) -> "Payment | None":
    """`find_payment` for what is paid into a partner's balance."""
    if not is_to_be_paid(asked=asked, now=now):
        return None
    title = _("Balance of %(partner)s") % {"partner": asked.partner.name}
    return _opened(payable_of(asked=asked, title=title), way, now=now)


def _opened(payable: Payable, way: str, *, now: datetime) -> "Payment | None":
    provider = _way(payable.id, way)
    if not provider:
        return None
    try:
        return payments.start(payable=payable, provider=provider, now=now)
    except PaidAlready:
        return None


def _way(payable_id: int, chosen: str) -> str:
    """The provider's name; empty where nothing can be paid. Raises ProviderUnknown."""
    ways = [one.name for one in payments.ways_to_pay()]
    if chosen and ways and chosen not in ways:
        raise ProviderUnknown(_("This way to pay does not exist here. Choose another one."))
    return (chosen or _begun(payable_id, ways) or ways[0]) if ways else ""


def _begun(payable_id: int, ways: list[str]) -> str:
    if len(ways) == 1:
        return ways[0]
    known = [one for one in live_payments(payable_id=payable_id) if one.provider in ways]
    return max(known, key=lambda one: one.pk).provider if known else ""


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


@tenant_atomic
def ask_to_open(*, order: "Order", device: Device, now: datetime) -> "Opening | None":
    """Whether this device may see the order's codes: None if so, and where there is none yet.

    Raises PersonWanted.
    """
    if not has_goods(order_id=order.pk):
        return None
    opener = _opener(device, partial(contact_of, order=order), now=now)
    return orders.ask_to_open(order=order, opener=opener, now=now)


def judge_look_up(
    *, device: Device, number: str, proof: Secret, is_by_link: bool, now: datetime
) -> Action:
    """What the shop's rules say of a look-up: PASS, VERIFY or DENY."""
    opener = _opener(device, now=now)
    asked = LookUp(opener=opener, number=number, proof=proof, is_by_link=is_by_link)
    return orders.judge_look_up(asked=asked, now=now)


def _opener(device: Device, contact: Callable[[], Contact] = Contact, *, now: datetime) -> Opener:
    return Opener(
        buyer_key=device.buyer_key,
        ip=device.ip,
        language=device.language,
        person=_person(device, contact, now=now),
    )


@tenant_atomic
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

"""What partners do, composed from the apps below: a face writes nothing itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from api.catalogue import not_sold
from api.errors import TooFast
from api.once import check_hears, check_hears_again, once_of
from api.selectors import read_order, units_shown
from api.shapes import as_json, order_body, sold_units
from api.types import Answer, NewSale
from catalog.errors import NotForSale
from channels import services as channels
from channels.errors import OrderNoTaken
from channels.selectors import find_sale, hold_reasons, known_numbers
from channels.states import HoldReason, LossGuard
from channels.types import Seat
from core import idempotency
from core.crypto import digest
from core.errors import AppError, NotFound
from core.failpoints import reach
from core.idempotency import Asked, StillRunning
from core.outbox import done_here
from core.scope import tenant_atomic, whole
from core.sheets import Sheet
from fulfillment import services as fulfillment
from inventory import services as inventory
from inventory.types import Sold
from orders import services as orders
from orders.errors import RefusedByRules
from orders.selectors import items_of_order
from orders.states import HeldThen
from orders.types import Held, Line, PlaceOrder
from payments import services as payments
from payments.types import Payable
from risk.states import Action
from tenants import audit

if TYPE_CHECKING:
    from core.actors import Actor
    from inventory.types import HoldRequest
    from orders.models import Order

PLACED, REPEATED = 201, 200
Told = Callable[[AppError], bytes]  # a refusal as the face says it
LOSS_WITHIN = timedelta(hours=24)  # a person decides about an order at a loss
KEPT = frozenset({402, 403, 409})  # refusals that belong to the sale
_NOT_THERE = NotFound(_("There is no such order."))  # of what is: an order is never taken away


class _Paid(TypedDict):
    order: "Order"
    payment_id: int
    by: "Actor"


@tenant_atomic(savepoint=False)
def sell(*, seat: Seat, asked: NewSale, now: datetime) -> Answer:
    """Price, charge, claim, record and answer one order, all or nothing.

    What is in stock is in the answer; what a supplier delivers comes later. Within a transaction
    that is rolled back when this raises: then `sold_before` knows whether it was ordered before.
    """
    once = _once(seat, asked)
    looked = None if once is None or seat.is_first else idempotency.look(asked=once)
    if looked is not None:
        check_hears_again(seat=seat, given=looked)
        return Answer(status=looked.status, body=looked.answer, is_replay=True)
    sheet = Sheet()
    with whole():
        order, holds = _draw_up(seat, asked, now=now, sheet=sheet)
        held = _why_held(order, now=now)
        sold = {} if held else _sold(holds, now=now)
        captured = payments.pay_new_from_balance(
            payable=_payable(order), account_id=seat.account_id, now=now, sheet=sheet
        )
        channels.note_sale(
            seat=seat,
            order=order,
            partner_order_no=asked.partner_order_no,
            said=asked.said,
            now=now,
            sheet=sheet,
        )
        with done_here(channels.tell_of_order):
            paid = _Paid(order=order, payment_id=captured.payment_id, by=seat.actor)
            if held:
                _hold_back(paid, held, holds, now=now, sheet=sheet)
            else:
                goods = {item_id: [one.goods for one in found] for item_id, found in sold.items()}
                fulfillment.deliver_new(**paid, sold=goods, now=now, sheet=sheet)
        channels.announce(
            seat=seat, order=order, partner_order_no=asked.partner_order_no, now=now, sheet=sheet
        )
        audit.note(sheet, by=seat.actor, action="api.sold", target=order.number, now=now)
        answer = Answer(status=PLACED, body=_told(order, asked, sold, now=now, sheet=sheet))
        if once is not None:
            idempotency.keep(
                asked=once, status=answer.status, answer=answer.body, now=now, sheet=sheet
            )
        sheet.write()
        reach("api.sold")
    return answer


def _draw_up(
    seat: Seat, asked: NewSale, *, now: datetime, sheet: Sheet
) -> "tuple[Order, list[HoldRequest]]":
    """The order at the partner's price, and what it takes from stock."""
    request = PlaceOrder(
        lines=(
            Line(
                sku_ref=asked.sku,
                quantity=asked.quantity,
                buyer_fields=asked.buyer,
                is_by_program=True,
            ),
        ),
        request_key=f"api:{seat.partner_ref}:{asked.partner_order_no}",
        channel=seat.channel,
        language=asked.language,
        has_consented=True,  # by the partner's contract; he asks his own buyer
        partner=seat.partner_ref,
        may_lose=seat.loss_guard == LossGuard.WAIT,
        pricing=channels.pricing_of(seat=seat, limit_e4=asked.max_e4),
    )
    try:
        return orders.draw_up(request=request, now=now, sheet=sheet)
    except NotForSale:
        raise NotForSale(not_sold(asked.sku), param="sku") from None


def _why_held(order: "Order", *, now: datetime) -> Held | None:
    """A risk rule wants a person to look at it, or its price does not bring the cost in: refused by
    now, unless the merchant wants to decide himself."""
    (item,) = items_of_order(order)
    loses = order.may_lose or channels.is_at_loss(order=order, item=item)
    if order.looked is not None and order.looked.verdict.action == Action.HOLD:
        held = orders.held_by(verdict=order.looked.verdict, now=now)
        # A loss is nobody's by a deadline.
        return replace(held, may_lose=True, then=HeldThen.PAY_BACK) if loses else held
    if not loses:
        return None
    until = now + LOSS_WITHIN
    return Held(reason=HoldReason.COST, until=until, then=HeldThen.PAY_BACK, may_lose=True)


def _sold(holds: "list[HoldRequest]", *, now: datetime) -> dict[int, list[Sold]]:
    """What stock gives, by line."""
    return {hold.item_id: inventory.sell_at_once(request=hold, now=now) for hold in holds}


def _hold_back(
    paid: _Paid, held: Held, holds: "list[HoldRequest]", *, now: datetime, sheet: Sheet
) -> None:
    """Paid and kept for the partner, and a person decides whether it goes on."""
    sheet.write()  # codes are kept for lines that are there
    orders.keep_goods(holds=holds, now=now)
    fulfillment.hold_new(**paid, held=held, now=now, sheet=sheet)


def _told(
    order: "Order",
    asked: NewSale,
    sold: dict[int, list[Sold]],
    *,
    now: datetime,
    sheet: Sheet,
) -> bytes:
    """The answer's body; of what is not from stock the units are read as they were stored."""
    (item,) = items_of_order(order)
    if item.pk in sold:
        units = sold_units([one.text for one in sold[item.pk]], now=now)
    else:
        sheet.write()
        units = units_shown(order)
    return as_json(
        order_body(
            order=order,
            item=item,
            sku_ref=asked.sku,
            partner_order_no=asked.partner_order_no,
            hold_reason=hold_reasons(orders=[order]).get(order.pk),
            units=units,
        )
    )


@tenant_atomic
def sold_before(*, seat: Seat, asked: NewSale, why: AppError | IntegrityError) -> Answer:
    """What a sale that was refused, or that the database would not store, is answered with.

    Ordered before, with the same words: that order. Else the refusal is raised on.
    """
    once = _once(seat, asked)
    if once is not None and (before := idempotency.look_again(asked=once)) is not None:
        check_hears_again(seat=seat, given=before)
        return Answer(status=before.status, body=before.answer, is_replay=True)
    sale = find_sale(partner_id=seat.partner_id, partner_order_no=asked.partner_order_no)
    if sale is None:
        raise why
    if bytes(sale.said_digest) != digest(asked.said):
        raise OrderNoTaken(
            _("This order number names another order of yours already."),
            param="partner_order_no",
            order=sale.order.number,
        )
    check_hears(seat=seat, number=sale.order.number)
    return Answer(status=REPEATED, body=as_json(read_order(sale=sale)), is_replay=True)


def sell_many(
    *,
    seat: Seat,
    lines: Sequence[NewSale],
    told: Told,
    pace: Callable[[], None],
    now: datetime,
) -> list[Answer]:
    """Each line is an order of its own, with its own end; in no transaction.

    `pace` counts a line that may become an order, the first one with its call: what was ordered
    before is answered without, so that a batch that was too fast is simply sent again.
    """
    numbers = {one.partner_order_no for one in lines}
    known = known_numbers(partner_id=seat.partner_id, partner_order_nos=numbers)
    answers, is_first = [], True
    for asked in lines:
        if asked.partner_order_no in known:
            answers.append(settle(seat=seat, asked=asked, why=_NOT_THERE, told=told, now=now))
            continue
        try:
            if not is_first:
                pace()
            is_first = False
            with tenant_atomic(durable=True):
                answer = sell(seat=seat, asked=asked, now=now)
            reach("api.line_sold")
            answers.append(answer)
        except TooFast as why:
            answers.append(Answer(status=why.status, body=told(why)))
        except (AppError, IntegrityError) as why:
            answers.append(settle(seat=seat, asked=asked, why=why, told=told, now=now))
    return answers


@tenant_atomic
def settle(
    *, seat: Seat, asked: NewSale, why: AppError | IntegrityError, told: Told, now: datetime
) -> Answer:
    """The answer to a sale that was rolled back: the order it made before, or the refusal as `told`
    says it."""
    try:
        return sold_before(seat=seat, asked=asked, why=why)
    except AppError as refusal:
        if isinstance(refusal, RefusedByRules):
            orders.keep_refused(refusal=refusal)
        said = Answer(status=refusal.status, body=told(refusal), headers=refusal.headers)
        _keep_refusal(seat, asked, refusal, said, now=now)
        return said


def _keep_refusal(
    seat: Seat, asked: NewSale, refusal: AppError, said: Answer, *, now: datetime
) -> None:
    """Under an idempotency key a refusal of the sale itself is an answer too: the same key again is
    told the same. What is wrong with the request, or goes by in a moment, is judged anew."""
    once = _once(seat, asked)
    if once is None or refusal.status not in KEPT or isinstance(refusal, StillRunning):
        return
    if idempotency.look(asked=once) is None:
        sheet = Sheet()
        idempotency.keep(asked=once, status=said.status, answer=said.body, now=now, sheet=sheet)
        sheet.write()


def _once(seat: Seat, asked: NewSale) -> Asked | None:
    return once_of(seat=seat, key=asked.idempotency_key, said=asked.said)


def _payable(order: "Order") -> Payable:
    (item,) = items_of_order(order)
    return Payable(
        ref=order.number,
        id=order.pk,
        amount_e4=order.total_e4,
        currency=order.currency,
        title=item.name[:120],
        is_new=True,
    )

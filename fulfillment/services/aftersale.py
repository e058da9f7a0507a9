"""What a person decides after the sale: another code, the money back, or no."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.outbox import emit
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment.errors import NotDelivered, NothingToRefund, WithSupplier
from fulfillment.events import UnitReplaced
from fulfillment.models import Unit
from fulfillment.selectors import (
    can_be_replaced,
    can_be_sent_anew,
    find_held_words,
    has_something_to_pay_back,
    held_words,
    units_of,
    units_with_supplier,
    with_their_lines,
)
from fulfillment.services.by_hand import sealed_by_hand
from fulfillment.services.ending import (
    finish,
    live_units,
    pay_back,
    pay_back_at_own_risk,
    refund_number,
)
from fulfillment.services.goods import goods_of_order
from fulfillment.services.moving import Moving, take_unit
from fulfillment.services.opening import draft_units
from fulfillment.states import CAN_BE_REFUNDED, WITH_SUPPLIER, Source, UnitState
from inventory import services as inventory
from orders import services as orders
from orders.errors import CaseClosed
from orders.selectors import get_case, items_of_order, messages_of
from orders.states import UNPAID, CaseState
from payments.selectors import find_refund
from tenants import audit

if TYPE_CHECKING:
    from orders.models import Case, Order
    from payments.models import Refund


@tenant_atomic
def replace_unit(*, unit_id: int, by: Actor, reason: str, now: datetime) -> Unit:
    """The delivered code is bad: it becomes void, a fresh one is delivered in its place.

    Returns the new unit. Raises NotDelivered, or OutOfStock when there is no other code: nothing
    changes then.
    """
    order, old = take_unit(unit_id=unit_id)
    if not can_be_replaced(old) or old.code_id is None:
        raise NotDelivered(_("Only a delivered code can be replaced. Reload the page."))
    goods = inventory.replace(
        code_id=old.code_id, item_id=old.item_id, by=by, reason=reason, now=now
    )
    fresh = _successor(old, now=now, source=Source.OWN, code_id=goods.code_id)
    audit.record(by=by, action="unit.replaced", target=order.number, reason=reason, now=now)
    return _put_in_its_place(order, old, fresh, reason="bad_code", by=by, now=now)


@tenant_atomic
def send_anew(*, unit_id: int, text: Secret, by: Actor, reason: str, now: datetime) -> Unit:
    """What was delivered is no good and is in no stock of ours: it becomes void, and what a person
    typed (a supplier's new code, another link) takes its place.

    Returns the new unit. Raises NotDelivered, and InvalidInput for a text that cannot be.
    """
    order, old = take_unit(unit_id=unit_id)
    if not can_be_sent_anew(old):
        raise NotDelivered(_("Only what was delivered can be sent anew. Reload the page."))
    fresh = _successor(old, now=now, source=Source.BY_HAND)
    fresh.hand_text = sealed_by_hand(text, uid=fresh.uid)
    audit.record(by=by, action="unit.sent_anew", target=order.number, reason=reason, now=now)
    return _put_in_its_place(order, old, fresh, reason="sent_anew", by=by, now=now)


def _successor(old: Unit, *, now: datetime, **goods: Any) -> Unit:
    """A unit in the old one's place, with its share of what was paid; not stored yet."""
    return Unit(
        order_id=old.order_id,
        item=old.item,
        position=old.position,
        state=UnitState.QUEUED,
        paid_e4=old.paid_e4,
        opened_at=now,
        **goods,
    )


def _put_in_its_place(
    order: "Order", old: Unit, fresh: Unit, *, reason: str, by: Actor, now: datetime
) -> Unit:
    moving = Moving(order=order, by=by, now=now)
    moving.move(old, UnitState.REPLACED, reason=reason)
    moving.move(fresh, UnitState.DELIVERED, reason="replacement", delivered_at=now)
    moving.store(fresh=[fresh])
    emit(UnitReplaced(unit_id=fresh.pk, order_id=order.pk, channel=order.channel))
    return fresh


@tenant_atomic
def refund_units(
    *,
    order_id: int,
    unit_ids: Iterable[int] | None = None,
    by: Actor,
    reason: str,
    now: datetime,
    is_own_risk: bool = False,
) -> "Refund | None":
    """Pay back units of an order, or all that is left of it; the same units again: the same refund.

    Undelivered things of one line go together, since stock gives or takes a line as a whole. An
    order of which nothing was delivered is canceled with its last refund. None: it cost nothing.

    What a supplier has, or may have, is left out; `is_own_risk` pays back those of them that are in
    review, in a refund of their own that is booked as such. Raises NothingToRefund, and
    WithSupplier when there is nothing else to pay back.
    """
    order = orders.take_order(order_id=order_id)
    if order.state in UNPAID:
        raise NothingToRefund(_("This order was not paid: there is nothing to pay back."))
    units = live_units(order)
    are_new = not units
    if are_new:
        units = draft_units(order, items_of_order(order), now=now)
    asked = _asked(units, unit_ids)
    chosen = [
        unit for unit in with_their_lines(asked=asked, units=units) if unit.state in CAN_BE_REFUNDED
    ]
    held = units_with_supplier(units=asked)
    plain = [unit for unit in chosen if unit not in held]
    risked = [unit for unit in chosen if unit in held] if is_own_risk else []
    if not plain and not risked:
        if held:
            raise WithSupplier(held_words(held=held, total=len(asked)))
        return _paid_back_already(order, asked)
    refunds = []
    if risked:
        refunds.append(pay_back_at_own_risk(order, risked, by=by, reason=reason, now=now))
        _note(order, "order.refunded_at_risk", len(risked), by=by, reason=reason, now=now)
    if plain:
        refunds.append(pay_back(order, plain, by=by, reason=reason, now=now, are_new=are_new))
        _note(order, "order.refunded", len(plain), by=by, reason=reason, now=now)
    finish(order, by=by, now=now)
    return next((refund for refund in refunds if refund is not None), None)


def _note(
    order: "Order", action: str, count: int, *, by: Actor, reason: str, now: datetime
) -> None:
    told: dict[str, str | int | None] = {"units": count}
    audit.record(by=by, action=action, target=order.number, reason=reason, data=told, now=now)


def _asked(units: list[Unit], unit_ids: Iterable[int] | None) -> list[Unit]:
    if unit_ids is None:
        left = [unit for unit in units if unit.state in CAN_BE_REFUNDED | WITH_SUPPLIER]
        return left or units
    wanted = set(unit_ids)
    asked = [unit for unit in units if unit.pk in wanted]
    if len(asked) != len(wanted) or not asked:
        raise NothingToRefund(_("Choose what to refund. It may have changed: reload the page."))
    return asked


def _paid_back_already(order: "Order", asked: list[Unit]) -> "Refund":
    known = find_refund(number=refund_number(order, asked))
    if known is None:
        raise NothingToRefund(_("There is nothing left to pay back."))
    return known


@tenant_atomic
def settle_case(
    *,
    case_id: int,
    outcome: str,
    by: Actor,
    reason: str,
    now: datetime,
    text: Secret | None = None,
) -> "Case":
    """Decide a complaint and do what was decided, in one: replaced, refunded or rejected.

    `reason` is told to the shopper. `text` is what replaces a thing that is in no stock of ours.
    The same decision again changes nothing, and raises CaseClosed where it says or sends what the
    first one did not: that would be lost. Raises WithSupplier where the money cannot go back yet,
    or only at own risk, which is decided at the order, and NothingToRefund where all of it is back.
    """
    # The order before the case: in this order who refunds at the order locks them.
    orders.take_order(order_id=get_case(case_id=case_id).order_id)
    case = get_case(case_id=case_id)
    if case.state == outcome and not _was_said(case, reason=reason, text=text):
        raise CaseClosed(_("This case was decided already. What you typed now was not sent."))
    ended = orders.resolve_case(case_id=case_id, outcome=outcome, by=by, reason=reason, now=now)
    if case.is_live and outcome == CaseState.REPLACED:
        if case.unit_id is None:
            raise InvalidInput(_("Choose which code to replace."), param="unit")
        about = f"case {case.ref}"
        if text is None:
            replace_unit(unit_id=case.unit_id, by=by, reason=about, now=now)
        else:
            send_anew(unit_id=case.unit_id, text=text, by=by, reason=about, now=now)
    elif case.is_live and outcome == CaseState.REFUNDED:
        units = None if case.unit_id is None else [case.unit_id]
        if held := find_held_words(order_id=case.order_id, unit_ids=units):
            raise WithSupplier(held)
        # Else a refund of before would be said to be this one.
        known = list(units_of(order_id=case.order_id))
        if not has_something_to_pay_back(units=known, unit_id=case.unit_id):
            raise NothingToRefund(_("There is nothing left to pay back."))
        refund_units(order_id=case.order_id, unit_ids=units, by=by, reason="case", now=now)
    return ended


def _was_said(case: "Case", *, reason: str, text: Secret | None) -> bool:
    """Whether the first decision said and sent this."""
    said = [one.text.reveal() for one in messages_of(case_id=case.pk)]
    if reason and reason.strip() not in said:
        return False
    if text is None:
        return True
    there = goods_of_order(order_id=case.order_id)
    return text.reveal().strip() in {one.secret.reveal() for one in there if one.secret}

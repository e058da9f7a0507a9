"""The codes of an order are asked for: risk looks, and what it stops waits for a decision."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from catalog.selectors import get_brand_name
from core.actors import SYSTEM, Actor
from core.outbox import emit
from core.scope import tenant_atomic
from core.secrets import Secret
from core.states import check_move
from orders.errors import NotHeldClosed
from orders.events import OpeningHeld
from orders.models import Opening, OpeningMove, Order
from orders.selectors import contact_of, find_opening, items_of
from orders.services.moving import take_order
from orders.services.screening import of_contact, person_wanted
from orders.states import OPENING_MOVES, HeldThen, OpeningState
from orders.types import Opener
from risk import services as risk
from risk.states import SEVERITY, Action, Moment, Trait
from risk.types import Case, Value, Verdict


@tenant_atomic
def ask_to_open(*, order: Order, opener: Opener, now: datetime) -> Opening | None:
    """None: the codes may be shown. Else the opening that waits for a decision, or was refused.
    Raises PersonWanted.

    Whom nothing stopped once may look again on his device: that is one opening, counted once.
    """
    found = find_opening(order_id=order.pk)
    if found is not None:
        take_order(order_id=order.pk)  # nobody refuses it, and pays back, while it is shown
        found.refresh_from_db()
        if found.state == OpeningState.ALLOWED:
            return None
        if found.state == OpeningState.REFUSED:
            return found
    by, value = _known_by(opener)
    said = risk.said_before(
        moment=Moment.OPEN, subject=order.number, trait=by, value=value, person=opener.person
    )
    if said == Action.PASS:
        return None
    if found is not None:
        return found
    if said == Action.VERIFY:
        raise person_wanted()
    return _look(order, opener, now=now)


def _look(order: Order, opener: Opener, *, now: datetime) -> Opening | None:
    looked = risk.look(case=_case(order, opener), now=now)
    if looked.verdict.action == Action.VERIFY:
        if not opener.person:
            raise person_wanted(looked)
        looked.row.verified = opener.person
    risk.keep_look(looked=looked)
    if SEVERITY[Action(looked.verdict.action)] < SEVERITY[Action.HOLD]:
        return None
    return _hold(order, looked.verdict, now=now)


def _known_by(opener: Opener) -> tuple[str, Secret]:
    if opener.buyer_key:
        return Trait.DEVICE, Secret(opener.buyer_key)
    return Trait.IP, Secret(opener.ip)


def _case(order: Order, opener: Opener) -> Case:
    contact = contact_of(order=order)
    phone = contact.phone.reveal() if contact.phone else ""
    mail = contact.mail.reveal() if contact.mail else ""
    traits = {
        Trait.IP: opener.ip, Trait.DEVICE: opener.buyer_key, Trait.PHONE: phone, Trait.MAIL: mail
    }  # fmt: skip
    return Case(
        moment=Moment.OPEN,
        subject=order.number,
        facts=_facts(order, opener) | of_contact(phone, mail),
        traits={trait: Secret(text) for trait, text in traits.items() if text},
    )


def _facts(order: Order, opener: Opener) -> dict[str, Value]:
    items = list(items_of(order_id=order.pk).select_related("sku__product"))
    return {
        "amount": order.total_e4,
        "quantity": sum(item.quantity for item in items),
        "sku": items[0].sku.ref,
        "brand": get_brand_name(brand_id=items[0].sku.product.brand_id),
        "kind": items[0].sku.kind,
        "channel": order.channel,
        "language": opener.language,
        "is_own_device": bool(opener.buyer_key) and opener.buyer_key == order.buyer_key,
    }


def _hold(order: Order, verdict: Verdict, *, now: datetime) -> Opening:
    """What is refused waits as well: its goods are delivered, so a person may have the last word,
    and without one the money goes back."""
    take_order(order_id=order.pk)  # two devices at once are one hold
    is_refused = verdict.action == Action.DENY
    opening, is_new = Opening.objects.get_or_create(
        order=order,
        defaults={
            "asked_at": now,
            "decide_by": now + timedelta(minutes=verdict.hold_minutes),
            "held_then": HeldThen.PAY_BACK if is_refused else HeldThen(verdict.then),
        },
    )
    if is_new:
        emit(OpeningHeld(order_id=order.pk))
    return opening


@tenant_atomic
def take_held_opening(*, order_id: int) -> tuple[Order, Opening]:
    """The order, locked, and its opening that waits for a decision. Raises NotHeldClosed."""
    order = take_order(order_id=order_id)
    opening = find_opening(order_id=order_id)
    if opening is None or opening.state != OpeningState.HELD:
        raise NotHeldClosed(
            _("The codes of this order do not wait for a decision any more. Load the page again.")
        )
    return order, opening


@tenant_atomic
def move_opening(
    *, opening: Opening, state: OpeningState, by: Actor = SYSTEM, reason: str, now: datetime
) -> None:
    """`opening` is taken by the caller. Raises MoveRefused."""
    check_move(OPENING_MOVES, OpeningState(opening.state), state)
    OpeningMove.objects.create(
        opening=opening,
        old=opening.state,
        new=state,
        by=by.label,
        reason=reason[:60],
        at=now,
    )
    opening.state = state
    opening.save(update_fields=["state"])

"""The codes of an order are asked for: risk looks, and what it stops waits for a decision."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from catalog.selectors import get_brand_name
from core.actors import SYSTEM, Actor
from core.outbox import emit
from core.scope import tenant_atomic
from core.secrets import Secret
from core.states import check_move
from orders.errors import NotHeldClosed, PersonWanted
from orders.events import OpeningHeld
from orders.models import Opening, OpeningMove, Order
from orders.selectors import contact_of, find_opening, items_of
from orders.services.moving import take_order
from orders.services.screening import of_contact, person_wanted
from orders.states import OPENING_MOVES, HeldThen, OpeningState
from orders.types import Opener
from risk import services as risk
from risk.states import SEVERITY, Action, Moment, Trait, is_proof_enough
from risk.types import Case, Value, Verdict

_WAITS = Verdict(action=Action.HOLD)  # it is held already


@tenant_atomic
def ask_to_open(*, order: Order, opener: Opener, now: datetime) -> Opening | None:
    """None: the codes may be shown. Else the opening that waits for a decision, or was refused.
    Raises PersonWanted. Where risk itself is broken it is as the merchant chose.

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
    verdict = risk.judged(
        look=lambda: _screened(order, opener, found, now=now),
        instead=lambda: _unscreened(order, found, now=now),
        moment=Moment.OPEN,
        subject=order.number,
        planned=(PersonWanted,),
    )
    if SEVERITY[Action(verdict.action)] < SEVERITY[Action.HOLD]:
        return None
    return found or _hold(order, verdict, now=now)


@tenant_atomic
def _screened(order: Order, opener: Opener, found: Opening | None, *, now: datetime) -> Verdict:
    by, value = _known_by(opener)
    said = risk.said_before(
        moment=Moment.OPEN, subject=order.number, trait=by, value=value, person=opener.person
    )
    if said is not None and said.action == Action.PASS:
        return Verdict(action=Action.PASS)
    if found is not None:
        return _WAITS
    if said is not None and said.action == Action.VERIFY and opener.person is not None:
        raise person_wanted(said.proof)
    return _look(order, opener, now=now)


def _unscreened(order: Order, found: Opening | None, *, now: datetime) -> Verdict:
    """What a rule stopped before risk broke stays stopped."""
    if found is not None:
        return _WAITS
    return risk.keep_not_looked(moment=Moment.OPEN, subject=order.number, now=now)


def _look(order: Order, opener: Opener, *, now: datetime) -> Verdict:
    looked = risk.look(case=_case(order, opener), now=now)
    if looked.verdict.action == Action.VERIFY:
        looked = _proven(looked, opener)
    risk.keep_look(looked=looked)
    return looked.verdict


def _proven(looked: risk.Assessed, opener: Opener) -> risk.Assessed:
    if opener.person is None:
        return risk.held_instead(looked=looked)
    if not is_proof_enough(given=opener.person, wanted=looked.verdict.proof):
        raise person_wanted(looked.verdict.proof, looked)
    looked.row.verified = opener.person
    return looked


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
        person=opener.person,
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

"""A person decides about what waits for one, and says what it was."""

from datetime import datetime

from core.actors import Actor
from core.scope import tenant_atomic
from fulfillment.services.holding import (
    allow_opening,
    refuse_held,
    refuse_opening,
    release_held,
)
from fulfillment.types import Judged
from orders.selectors import contact_of, get_order
from risk import services as risk
from risk.states import Trait
from tenants import audit


@tenant_atomic
def review(*, order_id: int, judged: Judged, by: Actor, now: datetime) -> None:
    """Let it go on or pay it back, keep the reviewer's word, and block whom he wants blocked: all
    of it or nothing.

    Raises NotHeld, for codes that are kept closed NotHeldClosed, if somebody else was first;
    InvalidInput for who is blocked.
    """
    _decide(order_id, judged, by=by, now=now)
    order = get_order(order_id=order_id)
    risk.review(
        subject=order.number, judgement=judged.judgement, is_approved=judged.is_approved,
        reason=judged.reason, by=by, now=now,
    )  # fmt: skip
    blocked = 0
    if judged.block is not None:
        contact = contact_of(order=order)
        blocked = risk.block_traits(
            subject=order.number,
            traits=judged.block,
            shown={Trait.PHONE: contact.phone_shown, Trait.MAIL: contact.mail_shown},
            until=judged.block_until,
            by=by,
            now=now,
        )
    audit.record(
        by=by, action="order.reviewed", target=order.number, reason=judged.reason, now=now,
        data={"verdict": str(judged.judgement), "is_approved": judged.is_approved,
              "blocked": blocked},
    )  # fmt: skip


def _decide(order_id: int, judged: Judged, *, by: Actor, now: datetime) -> None:
    """A reason is told where something is refused; the reviewer's own words are kept beside it."""
    why = judged.reason or "refused"
    match judged.is_opening, judged.is_approved:
        case False, True:
            release_held(order_id=order_id, by=by, now=now)
        case False, False:
            refuse_held(order_id=order_id, by=by, reason=why, now=now)
        case True, True:
            allow_opening(order_id=order_id, by=by, now=now)
        case True, False:
            refuse_opening(order_id=order_id, by=by, reason=why, now=now)

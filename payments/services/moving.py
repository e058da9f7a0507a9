"""The one door through which a payment's state moves; its history row goes with it."""

from datetime import datetime

from core.actors import SYSTEM, Actor
from core.sheets import Sheet
from core.states import check_move
from payments.models import Payment, PaymentMove
from payments.states import PAYMENT_MOVES, PaymentState


def _move(
    payment: Payment,
    new: PaymentState,
    *,
    reason: str,
    now: datetime,
    by: Actor = SYSTEM,
    sheet: Sheet | None = None,
    **with_it: object,
) -> None:
    """Move a locked payment, or raise MoveRefused, its history with it.

    Who gives a `sheet` writes it.
    """
    old = PaymentState(payment.state)
    check_move(PAYMENT_MOVES, old, new)
    own = sheet or Sheet()
    own.change(payment, state=new, **with_it)
    _note(own, payment, (old, new), reason=reason, now=now, by=by)
    if sheet is None:
        own.write()
    payment.state = new
    for name, value in with_it.items():
        setattr(payment, name, value)


def _note(
    sheet: Sheet,
    payment: Payment,
    path: tuple[str, str],
    *,
    reason: str,
    now: datetime,
    by: Actor = SYSTEM,
) -> None:
    """The history row of one move; `path` is from where to where."""
    old, new = path
    sheet.note(
        PaymentMove, payment=payment, old=old, new=new, by=by.label[:80], reason=reason, at=now
    )

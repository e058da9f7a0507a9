"""A bill's own life: read, compared, closed. `move_bill` is the only writer of its state."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.states import check_move
from suppliers.errors import BillClosed, BreaksOpen
from suppliers.models import Bill, BillMove, Break
from suppliers.states import BILL_MOVES, BillState, BreakState

MOST_DAYS = 366


@tenant_atomic
def close_bill(*, bill_id: int, by: Actor, now: datetime) -> Bill:
    """It is settled; raises BreaksOpen while something in it is."""
    bill = locked_bill(bill_id=bill_id)
    count = Break.objects.filter(bill=bill, state=BreakState.OPEN).count()
    if count:
        raise BreaksOpen(
            _("%(open)s differences are open: explain, claim or close them first.")
            % {"open": count},
            open=count,
        )
    move_bill(bill, BillState.CLOSED, reason="settled", by=by, now=now)
    return bill


def check_days(*, since: date, until: date) -> None:
    """Days that are together and of our time; raises InvalidInput."""
    if not 0 <= (until - since).days < MOST_DAYS or not 2000 <= since.year < 2100:
        raise InvalidInput(_("Choose a first and a last day within a year."), param="until")


def locked_bill(*, bill_id: int) -> Bill:
    """Locked until the transaction ends; raises BillClosed."""
    rows = Bill.objects.select_for_update(no_key=True, of=("self",))
    bill = rows.select_related("supplier").get(pk=bill_id)
    if bill.state == BillState.CLOSED:
        raise BillClosed(_("This bill is closed."))
    return bill


def note_bill(bill: Bill, *, by: Actor, now: datetime) -> None:
    """The beginning of its history."""
    BillMove.objects.create(
        bill=bill, old="", new=bill.state, by=by.label[:80], reason="stored", at=now
    )


def move_bill(bill: Bill, new: BillState, *, reason: str, by: Actor, now: datetime) -> None:
    """Move a locked bill, or raise MoveRefused, its history with it."""
    old = BillState(bill.state)
    check_move(BILL_MOVES, old, new)
    bill.state = new
    if new == BillState.MATCHED:
        bill.matched_at = now
    bill.save(update_fields=["state", "matched_at"])
    BillMove.objects.create(bill=bill, old=old, new=new, by=by.label[:80], reason=reason, at=now)

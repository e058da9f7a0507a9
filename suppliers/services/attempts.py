"""Tries to buy. What can be bought twice is begun here and nowhere else.

The caller commits an attempt before it is sent, sends it in no transaction, and records the answer:
if it dies in between, the attempt is asked after, never sent again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from suppliers.adapters import PROTOCOLS
from suppliers.errors import BoughtAlready
from suppliers.models import Attempt, AttemptMove, Offer
from suppliers.services.docking import speaker
from suppliers.states import MOVES, TO_BE_ASKED, AttemptState
from suppliers.transport import answered
from suppliers.types import Answer, Outcome, PurchaseOrder

NUMBER_LENGTH = 20  # letters and digits: the narrowest protocol takes 8 to 32
ABSENCES = 3  # "no such order" is believed when it was said so often, after the settle window
_MINUTE = timedelta(minutes=1)
WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(seconds=30),
    *(_MINUTE * each for each in (1, 2, 5, 10, 30)),
)
HOURLY = timedelta(hours=1)
_STATES = {
    Outcome.SUCCESS: AttemptState.SUCCESS,
    Outcome.ACCEPTED: AttemptState.ACCEPTED,
    Outcome.REJECTED: AttemptState.REJECTED,
    Outcome.FAILED: AttemptState.FAILED,
    Outcome.UNKNOWN: AttemptState.UNKNOWN,
}


@tenant_atomic
def begin(*, unit_id: int, offer: Offer, choice: str, now: datetime) -> Attempt:
    """A new attempt for the thing; raises BoughtAlready while another one may have bought it."""
    try:
        with tenant_atomic():
            attempt = Attempt.objects.create(
                offer=offer,
                unit_id=unit_id,
                number=new_ref(NUMBER_LENGTH),
                choice=choice[:120],
                made_at=now,
            )
    except IntegrityError as why:
        if "bought_once" not in str(why):
            raise
        raise BoughtAlready(_("This is being bought already.")) from why
    _note(attempt, old="", reason="begun", by=SYSTEM, now=now)
    return attempt


@tenant_atomic
def mark_sent(*, attempt_id: int, now: datetime) -> bool:
    """Commit it, and send: True for the one caller who is to buy, False for whoever is to ask."""
    attempt = _locked(attempt_id)
    if attempt.state != AttemptState.CREATED:
        return False
    told: dict[str, object] = {"sent_at": now, "next_at": now + WAITS[0]}
    _move(attempt, AttemptState.SENT, reason="sent", now=now, told=told)
    return True


def ask(*, attempt: Attempt, order: PurchaseOrder, is_first: bool) -> Answer:
    """Buy, or ask what became of it; in no transaction. Whatever happens is an Answer."""
    adapter = speaker(attempt.offer.supplier)
    if is_first:
        said = answered(lambda: adapter.buy(order=order, number=attempt.number), is_purchase=True)
    else:
        said = answered(lambda: adapter.query(number=attempt.number), is_purchase=False)
    return said.compared_with(order)


@tenant_atomic
def record(*, attempt_id: int, answer: Answer, now: datetime) -> Attempt:
    """What the supplier said becomes the attempt's state; an ended one stays as it is."""
    attempt = _locked(attempt_id)
    if attempt.state not in TO_BE_ASKED:
        return attempt
    new = _STATES[answer.outcome]
    absences = attempt.absences + 1 if answer.is_absent else 0
    if answer.is_absent and _is_over(attempt, absences, now=now):
        new = AttemptState.FAILED
    told: dict[str, object] = {
        "absences": absences,
        "asked": attempt.asked + 1,
        "supplier_ref": answer.supplier_ref[:80] or attempt.supplier_ref,
        "reason": answer.reason[:200],
        "cost_e4": attempt.cost_e4 if answer.cost_e4 is None else answer.cost_e4,
        "next_at": now + _wait(attempt.asked) if new in TO_BE_ASKED else None,
    }
    if new == attempt.state:
        _write(attempt, told)
    else:
        _move(attempt, new, reason=answer.outcome.value, now=now, told=told)
    return attempt


@tenant_atomic
def take_back(*, attempt_id: int, by: Actor, reason: str, now: datetime) -> Attempt:
    """The supplier took its success back, and the money came with it."""
    attempt = _locked(attempt_id)
    _move(attempt, AttemptState.REVERSED, reason=reason, by=by, now=now)
    return attempt


def _is_over(attempt: Attempt, absences: int, *, now: datetime) -> bool:
    assert attempt.sent_at is not None  # by constraint
    window = PROTOCOLS[attempt.offer.supplier.protocol].settle_window
    return absences >= ABSENCES and now - attempt.sent_at >= window


def _wait(asked: int) -> timedelta:
    return WAITS[asked] if asked < len(WAITS) else HOURLY


def _locked(attempt_id: int) -> Attempt:
    rows = Attempt.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("offer__supplier").get(pk=attempt_id)


def _move(
    attempt: Attempt,
    new: AttemptState,
    *,
    reason: str,
    now: datetime,
    by: Actor = SYSTEM,
    told: Mapping[str, object] | None = None,
) -> None:
    """Move a locked attempt, or raise MoveRefused, its history with it."""
    old = AttemptState(attempt.state)
    check_move(MOVES, old, new)
    _write(attempt, {"state": new, **(told or {})})
    _note(attempt, old=old, reason=reason, by=by, now=now)


def _write(attempt: Attempt, told: dict[str, object]) -> None:
    for name, value in told.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=sorted(told))


def _note(attempt: Attempt, *, old: str, reason: str, by: Actor, now: datetime) -> None:
    AttemptMove.objects.create(
        attempt=attempt, old=old, new=attempt.state, by=by.label[:80], reason=reason[:60], at=now
    )

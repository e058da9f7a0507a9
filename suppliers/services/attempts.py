"""Tries to buy. What can be bought twice is begun here and nowhere else.

The caller commits an attempt before it is sent, sends it in no transaction, and records the answer:
if it dies in between, the attempt is asked after, never sent again.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.constraints import broken_rule
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from suppliers.adapters import PROTOCOLS
from suppliers.errors import BoughtAlready, NoAnswer
from suppliers.models import Attempt, AttemptMove, Call, Offer
from suppliers.services.bought import keep_codes
from suppliers.services.docking import speaker
from suppliers.services.pacing import speaking, take_turn
from suppliers.states import MOVES, NOTHING_BOUGHT, TO_BE_ASKED, AttemptState, CallKind
from suppliers.transport import answered
from suppliers.types import Answer, Outcome, PurchaseOrder

NUMBER_LENGTH = 20  # letters and digits: the narrowest protocol takes 8 to 32
ABSENCES = 3  # "no such order" is believed when it was said so often after the settle window
SEND_WITHIN = timedelta(seconds=10)
CALL_TAKES = timedelta(seconds=20)  # the longest: nobody asks while it may still be going out
_LATER = tuple(timedelta(minutes=each) for each in (1, 2, 5, 10, 30))
WAITS = (*(timedelta(seconds=each) for each in (5, 15, 30)), *_LATER)
# They have it and are at work: some give their cards only to who asks, and are done by then.
AT_WORK = (*(timedelta(seconds=each) for each in (0, 1, 2, 5, 15, 30)), *_LATER)
HOURLY = timedelta(hours=1)
SLOW_MS = 7_500  # half of the time that an answer has
_STATES = {
    Outcome.SUCCESS: AttemptState.SUCCESS,
    Outcome.ACCEPTED: AttemptState.ACCEPTED,
    Outcome.REJECTED: AttemptState.REJECTED,
    Outcome.FAILED: AttemptState.FAILED,
    Outcome.UNKNOWN: AttemptState.UNKNOWN,
}


@tenant_atomic
def begin(
    *, unit_id: int, offer: Offer, choice: str, is_probe: bool = False, now: datetime
) -> Attempt:
    """A new attempt for the thing; raises BoughtAlready while another one may have bought it, and
    SupplierBusy when the supplier takes none just now."""
    take_turn(offer.supplier, is_probe=is_probe, now=now)
    try:
        with tenant_atomic():
            attempt = Attempt.objects.create(
                offer=offer,
                unit_id=unit_id,
                number=new_ref(NUMBER_LENGTH),
                choice=choice[:120],
                made_at=now,
                next_at=now + WAITS[0],
            )
    except IntegrityError as why:
        if broken_rule(why) != "bought_once":
            raise
        raise BoughtAlready(_("This is being bought already.")) from why
    _note(attempt, old="", reason="begun", by=SYSTEM, now=now)
    return attempt


@tenant_atomic
def mark_sent(*, attempt_id: int, now: datetime) -> bool:
    """Commit it, and send: True for the one caller who is to buy, False for whoever is to ask.

    He has `SEND_WITHIN` to begin. It is asked after when his call must be over.
    """
    attempt = _locked(attempt_id)
    if attempt.state != AttemptState.CREATED:
        return False
    told: dict[str, object] = {"sent_at": now, "next_at": now + CALL_TAKES}
    _move(attempt, AttemptState.SENT, reason="sent", now=now, told=told)
    return True


def ask(*, attempt: Attempt, order: PurchaseOrder, is_first: bool, now: datetime) -> Answer:
    """Buy, or ask what became of it; in no transaction. Whatever happens is an Answer.

    `now` is the moment of the call. Who was held up since the attempt was made (a stopped process,
    a slow database) sends nothing any more: others may have asked meanwhile, heard of no such
    order, and begun elsewhere.
    """

    def speak() -> Answer:
        adapter = speaker(attempt.offer.supplier)
        if not is_first:
            return adapter.query(number=attempt.number)
        if now - attempt.made_at > SEND_WITHIN:
            raise NoAnswer("too late to send: it is asked after first")
        return adapter.buy(order=order, number=attempt.number)

    began = time.monotonic()
    with speaking(supplier_id=attempt.offer.supplier_id, is_first=is_first):
        answer = answered(speak, is_purchase=is_first).compared_with(order)
    return replace(answer, took_ms=round((time.monotonic() - began) * 1000))


@tenant_atomic
def record(*, attempt_id: int, answer: Answer, is_first: bool = False, now: datetime) -> Attempt:
    """What the supplier said becomes the attempt's state; an ended one stays as it is.

    `is_first`: it was said to the order itself. Codes that came are kept, sealed. What says
    otherwise than an end that is written down already is noted, for a person to look at.
    """
    attempt = _locked(attempt_id)
    _note_call(attempt, answer, is_first=is_first, now=now)
    if answer.outcome is Outcome.SUCCESS:
        keep_codes(attempt, answer.codes)
    if attempt.state not in TO_BE_ASKED:
        return _record_after_the_end(attempt, answer, now=now)
    new = _STATES[answer.outcome]
    if new == AttemptState.REJECTED and attempt.state != AttemptState.SENT:
        new = AttemptState.UNKNOWN  # a late answer to the order: somebody has asked since
    if attempt.asked and new in {AttemptState.SUCCESS, AttemptState.ACCEPTED}:
        _forgive(attempt)
    absences = _absences(attempt, answer, now=now)
    if absences >= ABSENCES:
        new = AttemptState.FAILED
    told: dict[str, object] = {
        "absences": absences,
        "asked": attempt.asked + 1,
        "supplier_ref": _clean(answer.supplier_ref)[:80] or attempt.supplier_ref,
        "reason": _clean(answer.reason)[:200],
        "cost_e4": _cost_e4(attempt, answer, new),
        "next_at": now + _wait(attempt.asked, new) if new in TO_BE_ASKED else None,
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


def _cost_e4(attempt: Attempt, answer: Answer, new: AttemptState) -> int | None:
    """As the supplier says; one that says nothing took what was agreed."""
    if answer.cost_e4 is not None:
        return answer.cost_e4
    is_bought = new == AttemptState.SUCCESS and attempt.cost_e4 is None
    return attempt.offer.cost_e4 if is_bought else attempt.cost_e4


def _absences(attempt: Attempt, answer: Answer, *, now: datetime) -> int:
    """How often in a row it was absent; within the protocol's settle window that says nothing."""
    if not answer.is_absent:
        return 0
    assert attempt.sent_at is not None  # by constraint
    window = PROTOCOLS[attempt.offer.supplier.protocol].settle_window
    if settings.SUPPLIERS_SETTLE_SECONDS is not None:
        window = min(window, timedelta(seconds=settings.SUPPLIERS_SETTLE_SECONDS))
    return attempt.absences + (now - attempt.sent_at >= window)


def _record_after_the_end(attempt: Attempt, answer: Answer, *, now: datetime) -> Attempt:
    """A success that the supplier calls a failure now was taken back; what says that a failure was
    none is noted for a person."""
    if attempt.next_at is not None:
        # Silence says nothing: it is asked once more, later.
        is_silent = answer.outcome is Outcome.UNKNOWN
        _write(attempt, {"next_at": now + HOURLY if is_silent else None})
    if attempt.state == AttemptState.SUCCESS and answer.outcome is Outcome.FAILED:
        _move(attempt, AttemptState.REVERSED, reason="taken_back", now=now)
    may_be_there = answer.outcome in {Outcome.SUCCESS, Outcome.ACCEPTED}
    if attempt.state in NOTHING_BOUGHT and may_be_there:
        reason = f"said {answer.outcome} after the end"
        _note(attempt, old=attempt.state, reason=reason, by=SYSTEM, now=now)
    return attempt


def _note_call(attempt: Attempt, answer: Answer, *, is_first: bool, now: datetime) -> None:
    is_silent = answer.outcome is Outcome.UNKNOWN or answer.is_unreached
    Call.objects.create(
        supplier=attempt.offer.supplier,
        attempt=attempt,
        kind=CallKind.BUY if is_first else CallKind.QUERY,
        outcome=answer.outcome,
        is_bad=is_silent or answer.took_ms > SLOW_MS,
        took_ms=answer.took_ms,
        said=_clean(answer.reason)[:200],
        at=now,
    )


def _forgive(attempt: Attempt) -> None:
    """It has it after all: the order was none of those that went wrong."""
    attempt.calls.filter(kind=CallKind.BUY, is_bad=True).update(is_bad=False)


def _clean(text: str) -> str:
    """A stranger's words, as the database takes them: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _wait(asked: int, state: AttemptState) -> timedelta:
    waits = AT_WORK if state == AttemptState.ACCEPTED else WAITS
    return waits[asked] if asked < len(waits) else HOURLY


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
    said = str((told or {}).get("reason", ""))
    _note(attempt, old=old, reason=reason, by=by, now=now, said=said)


def _write(attempt: Attempt, told: dict[str, object]) -> None:
    for name, value in told.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=sorted(told))


def _note(
    attempt: Attempt, *, old: str, reason: str, by: Actor, now: datetime, said: str = ""
) -> None:
    AttemptMove.objects.create(
        attempt=attempt,
        old=old,
        new=attempt.state,
        by=by.label[:80],
        reason=reason[:60],
        data={"said": said} if said else {},
        at=now,
    )

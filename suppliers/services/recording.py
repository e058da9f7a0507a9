"""What a supplier said of an attempt, and what it makes of it."""

from datetime import datetime, timedelta

from django.conf import settings

from core.actors import Actor
from core.scope import tenant_atomic
from core.sheets import Sheet
from suppliers.adapters import PROTOCOLS
from suppliers.models import Attempt, Call, Offer
from suppliers.services.bought import keep_codes
from suppliers.services.moving import Trail, locked
from suppliers.states import NOTHING_BOUGHT, TO_BE_ASKED, AttemptState, CallKind
from suppliers.types import Answer, Outcome, clean_words

ABSENCES = 3  # "no such order" is believed when it was said so often after the settle window
_LATER = tuple(timedelta(minutes=each) for each in (1, 2, 5, 10, 30))
WAITS = (*(timedelta(seconds=each) for each in (5, 15, 30)), *_LATER)
# They have it and are at work: some give their cards only to who asks, and are done by then.
AT_WORK = (*(timedelta(seconds=each) for each in (0, 1, 2, 5, 15, 30)), *_LATER)
HOURLY, _SOONEST = timedelta(hours=1), timedelta(seconds=5)
SLOW_MS = 7_500  # half of the time that an answer has
_STATES = {
    Outcome.SUCCESS: AttemptState.SUCCESS,
    Outcome.ACCEPTED: AttemptState.ACCEPTED,
    Outcome.REJECTED: AttemptState.REJECTED,
    Outcome.FAILED: AttemptState.FAILED,
    Outcome.UNKNOWN: AttemptState.UNKNOWN,
}


@tenant_atomic(savepoint=False)
def record(
    *,
    attempt_id: int,
    answer: Answer,
    is_first: bool = False,
    offer: Offer | None = None,
    now: datetime,
    sheet: Sheet | None = None,
) -> Attempt:
    """What the supplier said becomes the attempt's state; an ended one stays as it is.

    `is_first`: it was said to the order itself. Codes that came are kept, sealed. What says
    otherwise than an end that is written down already is noted, for a person to look at.

    `offer` is the attempt's, from a caller who has it at hand. Who gives a `sheet` writes it.
    """
    attempt, own = locked(attempt_id, offer), sheet or Sheet()
    _note_call(attempt, answer, is_first=is_first, now=now, sheet=own)
    if answer.outcome is Outcome.SUCCESS:
        keep_codes(attempt, answer.codes)
    trail = Trail(own, now)
    if attempt.state in TO_BE_ASKED:
        _record(attempt, answer, trail)
    else:
        _record_after_the_end(attempt, answer, trail)
    if sheet is None:
        own.write()
    return attempt


def _record(attempt: Attempt, answer: Answer, trail: Trail) -> None:
    new, now = _STATES[answer.outcome], trail.now
    if new == AttemptState.REJECTED and attempt.state != AttemptState.SENT:
        new = AttemptState.UNKNOWN  # a late answer to the order: somebody has asked since
    was_silent = attempt.asked and attempt.state != AttemptState.ACCEPTED
    if was_silent and new in {AttemptState.SUCCESS, AttemptState.ACCEPTED}:
        _forgive(attempt)
    absences = _absences(attempt, answer, now=now)
    if absences >= ABSENCES:
        new = AttemptState.FAILED
    told: dict[str, object] = {
        "absences": absences,
        "asked": attempt.asked + 1,
        "supplier_ref": clean_words(answer.supplier_ref)[:80] or attempt.supplier_ref,
        "reason": clean_words(answer.reason)[:200],
        "cost_e4": _cost_e4(attempt, answer, new),
        "next_at": _next_at(attempt, answer, new, now=now),
    }
    if new == attempt.state:
        trail.change(attempt, told)
    else:
        trail.move(attempt, new, reason=answer.outcome.value, told=told)


@tenant_atomic
def take_back(*, attempt_id: int, by: Actor, reason: str, now: datetime) -> Attempt:
    """The supplier took its success back, and the money came with it."""
    attempt, sheet = locked(attempt_id), Sheet()
    Trail(sheet, now, by).move(attempt, AttemptState.REVERSED, reason=reason)
    sheet.write()
    return attempt


def _cost_e4(attempt: Attempt, answer: Answer, new: AttemptState) -> int | None:
    """As the supplier says; one that says nothing took what was agreed."""
    if answer.cost_e4 is not None:
        return answer.cost_e4
    is_bought = new == AttemptState.SUCCESS and attempt.cost_e4 is None
    return attempt.offer.cost_e4 if is_bought else attempt.cost_e4


def _absences(attempt: Attempt, answer: Answer, *, now: datetime) -> int:
    """How often in a row it was absent; within the protocol's settle window that says nothing.

    Nor does it of an order that the supplier has confirmed: it lost sight of it, and a person asks.
    """
    if not _may_be_absent(attempt, answer):
        return 0
    assert attempt.sent_at is not None  # by constraint
    return attempt.absences + (now - attempt.sent_at >= _window(attempt))


def _may_be_absent(attempt: Attempt, answer: Answer) -> bool:
    is_known_there = attempt.state == AttemptState.ACCEPTED or bool(attempt.supplier_ref)
    return answer.is_absent and not is_known_there


def _window(attempt: Attempt) -> timedelta:
    window = PROTOCOLS[attempt.offer.supplier.protocol].settle_window
    if settings.SUPPLIERS_SETTLE_SECONDS is not None:
        window = min(window, timedelta(seconds=settings.SUPPLIERS_SETTLE_SECONDS))
    return window


def _record_after_the_end(attempt: Attempt, answer: Answer, trail: Trail) -> None:
    """A success that the supplier calls a failure now was taken back; what says that a failure was
    none is noted for a person."""
    if attempt.next_at is not None:
        # Silence says nothing: it is asked once more, later.
        is_silent = answer.outcome is Outcome.UNKNOWN
        trail.change(attempt, {"next_at": trail.now + HOURLY if is_silent else None})
    if attempt.state == AttemptState.SUCCESS and answer.outcome is Outcome.FAILED:
        trail.move(attempt, AttemptState.REVERSED, reason="taken_back")
    may_be_there = answer.outcome in {Outcome.SUCCESS, Outcome.ACCEPTED}
    if attempt.state in NOTHING_BOUGHT and may_be_there:
        old = AttemptState(attempt.state)
        trail.note(attempt, old, old, reason=f"said {answer.outcome} after the end")


def _note_call(
    attempt: Attempt, answer: Answer, *, is_first: bool, now: datetime, sheet: Sheet
) -> None:
    if answer.is_ours:
        return  # nothing was said to the supplier: it is nothing that it did
    is_silent = answer.outcome is Outcome.UNKNOWN or answer.is_unreached
    is_bad = is_silent or answer.took_ms > SLOW_MS
    sheet.note(
        Call,
        supplier=attempt.offer.supplier,
        attempt=attempt,
        kind=CallKind.BUY if is_first else CallKind.QUERY,
        outcome=answer.outcome.value,
        is_bad=is_bad and not answer.is_played,
        took_ms=answer.took_ms,
        said=clean_words(answer.reason)[:200],
        at=now,
    )


def _forgive(attempt: Attempt) -> None:
    """It has it after all: the order was none of those that went wrong."""
    attempt.calls.filter(kind=CallKind.BUY, is_bad=True).update(is_bad=False)


def _next_at(
    attempt: Attempt, answer: Answer, new: AttemptState, *, now: datetime
) -> datetime | None:
    """When it is asked after: at once, if the supplier has called while it was being asked."""
    if answer.ask_in is not None:
        return now + answer.ask_in
    if new not in TO_BE_ASKED:
        return None
    began = now - timedelta(milliseconds=answer.took_ms)
    if attempt.next_at is not None and began < attempt.next_at <= now:
        return now
    wait = _wait(attempt.asked, new)
    if _may_be_absent(attempt, answer):
        # Three times after the window, and not minutes apart: somebody waits for the next supplier.
        wait = min(wait, max(_SOONEST, _window(attempt) / ABSENCES))
    return now + wait


def _wait(asked: int, state: AttemptState) -> timedelta:
    waits = AT_WORK if state == AttemptState.ACCEPTED else WAITS
    return waits[asked] if asked < len(waits) else HOURLY

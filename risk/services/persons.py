"""A question that only a person answers with ease: put to one browser, and answered once.

It keeps plain programs out, as any such question does, and makes each try cost one of few.
"""

import secrets
from datetime import datetime, timedelta

from core.crypto import digest
from core.scope import tenant_atomic
from risk.models import Assessment, Challenge
from risk.selectors.persons import KNOWN_FOR, device_digest
from risk.states import Action, Moment, Proof
from risk.types import Asked

ANSWERED_WITHIN = timedelta(minutes=10)
MOST_TRIES = 1  # then another one is asked
# In units of the picture, which is 320 wide: where the piece belongs, and how near is there.
WIDTH, PIECE, NEAR = 320, 52, 4
_LEAST, _MOST = 72, WIDTH - PIECE - 4
_TERMS = range(2, 21)


@tenant_atomic(savepoint=False)
def ask_person(*, asked: Asked, now: datetime) -> Challenge:
    """A new question, whose answer stays here."""
    return Challenge.objects.create(
        ref=secrets.token_urlsafe(16),
        way=asked.way,
        device=device_digest(asked.device),
        about=digest(asked.about),
        answer=_new_answer(asked.way),
        until=now + ANSWERED_WITHIN,
    )


def _new_answer(way: str) -> str:
    if way == Proof.SLIDER:
        return str(_LEAST + secrets.randbelow(_MOST - _LEAST + 1))
    return f"{secrets.choice(_TERMS)}+{secrets.choice(_TERMS)}"


@tenant_atomic(savepoint=False)
def hear_person(*, ref: str, answer: str, asked: Asked, now: datetime) -> bool:
    """Whether this is the answer, from the browser that was asked and about the same thing.

    A wrong one has spent the question. The right one sent again (a double click) is right again.
    """
    found = (
        Challenge.objects.select_for_update(of=("self",), no_key=True)
        .filter(ref=ref, device=device_digest(asked.device), about=digest(asked.about))
        .first()
    )
    if found is None or found.until <= now:
        return False
    fits = _fits(found, answer)
    if found.passed_at is not None:
        return fits and found.passed_at + KNOWN_FOR > now
    if found.tries >= MOST_TRIES:
        return False
    found.tries += 1
    found.passed_at = now if fits else None
    found.save(update_fields=["tries", "passed_at"])
    return fits


def _fits(found: Challenge, answer: str) -> bool:
    if not answer.isdecimal() or len(answer) > 4:
        return False
    wanted = sum(int(term) for term in found.answer.split("+"))
    return abs(int(answer) - wanted) <= (NEAR if found.way == Proof.SLIDER else 0)


@tenant_atomic(savepoint=False)
def drop_asked(*, device: str, moment: Moment, now: datetime) -> None:
    """Who has answered is looked at once more: that he was asked before is no look of its own."""
    Assessment.objects.filter(
        device=device_digest(device),
        at__gt=now - KNOWN_FOR,
        moment=moment,
        action=Action.VERIFY,
        verified="",
    ).delete()

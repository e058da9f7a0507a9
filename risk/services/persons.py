"""A question that only a person answers with ease: put to one browser, and answered once.

It keeps plain programs out, as any such question does, and makes each try cost one of few. A code
that is sent to a phone or a mail address is harder: who answers it reads what arrives there.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from core.crypto import blind_index, digest
from core.scope import tenant_atomic
from core.secrets import Secret
from risk.models import Assessment, Challenge
from risk.selectors.persons import KNOWN_FOR, device_digest, target_digest, tries_left
from risk.states import SENT, Action, Moment, Proof
from risk.types import Asked

ANSWERED_WITHIN = timedelta(minutes=10)
DIGITS = 6
CODE = "risk_challenge.code"
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


@tenant_atomic(savepoint=False)
def ask_by_code(*, asked: Asked, shown: str, now: datetime) -> tuple[Challenge, Secret]:
    """A new code to be sent to `asked.to`, which stands nowhere but there; one that was sent about
    the same thing before is void from now on."""
    to = asked.to
    if to is None:
        raise ValueError("a code is sent to somebody")
    drop_sent(asked=asked, now=now)
    ref, code = secrets.token_urlsafe(16), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    challenge = Challenge.objects.create(
        ref=ref,
        way=asked.way,
        device=device_digest(asked.device),
        about=digest(asked.about),
        code=_code_digest(ref, code),
        target=target_digest(asked.way, to.reveal()),
        shown=shown[:80],
        until=now + ANSWERED_WITHIN,
    )
    return challenge, Secret(code)


@tenant_atomic(savepoint=False)
def drop_sent(*, asked: Asked, now: datetime) -> None:
    """No code that was sent to this browser about this thing is good any more."""
    Challenge.objects.filter(
        device=device_digest(asked.device), about=digest(asked.about), way__in=SENT,
        passed_at=None, until__gt=now,
    ).update(until=now)  # fmt: skip


def _code_digest(ref: str, code: str) -> bytes:
    """Six digits are found from a plain digest within a second: hence a keyed one."""
    return blind_index(f"{ref}|{code}", field=CODE)


def _new_answer(way: str) -> str:
    if way == Proof.SLIDER:
        return str(_LEAST + secrets.randbelow(_MOST - _LEAST + 1))
    return f"{secrets.choice(_TERMS)}+{secrets.choice(_TERMS)}"


@tenant_atomic(savepoint=False)
def hear_person(*, ref: str, answer: str, asked: Asked, now: datetime) -> bool:
    """Whether this is the answer, from the browser that was asked and about the same thing.

    Wrong ones spend the question. The right one sent again (a double click) is right again.
    """
    asked_here = Challenge.objects.filter(
        ref=ref, device=device_digest(asked.device), about=digest(asked.about)
    )
    found = asked_here.select_for_update(of=("self",), no_key=True).first()
    if found is None or found.until <= now:
        return False
    # Answers to codes are counted over a crowd: none is heard where another question's are.
    if (found.way in SENT) != (asked.way in SENT):
        return False
    fits = _fits(found, answer)
    if found.passed_at is not None:
        return fits and found.passed_at + KNOWN_FOR > now
    if not tries_left(found, now=now):
        return False
    found.tries += 1
    found.passed_at = now if fits else None
    found.save(update_fields=["tries", "passed_at"])
    return fits


def _fits(found: Challenge, answer: str) -> bool:
    if found.code is not None:
        return hmac.compare_digest(bytes(found.code), _code_digest(found.ref, answer))
    if not answer.isdecimal() or len(answer) > 4:
        return False
    wanted = sum(int(term) for term in found.answer.split("+"))
    return abs(int(answer) - wanted) <= (NEAR if found.way == Proof.SLIDER else 0)


@tenant_atomic(savepoint=False)
def drop_asked(*, answered: Assessment, now: datetime) -> None:
    """Who has answered is looked at once more: that he was asked about the same thing before is no
    look of its own. What else he was asked about on that device stays."""
    if answered.device is None:
        return
    same = Assessment.objects.filter(
        device=answered.device, at__gt=now - KNOWN_FOR, moment=answered.moment,
        action=Action.VERIFY, verified="", sku=answered.sku, amount_e4=answered.amount_e4,
        quantity=answered.quantity, account=answered.account,
    )  # fmt: skip
    if answered.moment != Moment.ORDER:  # an order that was not placed had another number
        same = same.filter(subject=answered.subject)
    same.delete()

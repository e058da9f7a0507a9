"""No fault of risk's own takes checkout down: what cannot be judged is let pass with a tag, or
held, as the merchant chose for what cannot be answered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, transaction

from core.errors import AppError
from core.metrics import checks_failed
from core.rows import draft
from core.scope import tenant_atomic
from core.secrets import Secret
from risk.models import Assessment
from risk.selectors import find_assessment, policy, rules_in_force
from risk.services.assessing import Again, Assessed, keep_again, keep_look, look_again
from risk.states import Action, Unanswered
from risk.types import FAILED, Spoken, Verdict

T = TypeVar("T")
log = structlog.get_logger(__name__)


def judged(
    *,
    look: Callable[[], T],
    instead: Callable[[], T],
    moment: str,
    subject: str,
    planned: tuple[type[AppError], ...] = (AppError,),
) -> T:
    """What `look` says; what is said `instead` where it breaks, in the same transaction.

    Refusals that are `planned` go through, and so does that the database is away: nothing else
    works then either.
    """
    through: tuple[type[Exception], ...] = (*planned, OperationalError, InterfaceError)
    try:
        with _apart():
            return look()
    except through:
        raise
    except Exception:
        log.exception("not_judged", moment=moment, subject=subject)
        checks_failed.labels(f"risk_{moment}").inc()
        return instead()


@contextmanager
def _apart() -> Iterator[None]:
    """A statement that fails spoils no more than this, for a shop where risk makes any."""
    if rules_in_force().has_something_to_say:
        with transaction.atomic():
            yield
    else:
        yield


def not_looked(*, moment: str, subject: str, now: datetime) -> Assessed:
    """Instead of a look: the row says that there was none."""
    verdict = _verdict()
    row = draft(
        Assessment,
        moment=moment,
        at=now,
        subject=subject,
        action=verdict.action,
        spoken=[asdict(one) for one in verdict.spoken],
    )
    return Assessed(verdict=verdict, row=row)


@tenant_atomic(savepoint=False)
def keep_not_looked(*, moment: str, subject: str, now: datetime) -> Verdict:
    """`not_looked`, written down at once."""
    looked = not_looked(moment=moment, subject=subject, now=now)
    keep_look(looked=looked)
    return looked.verdict


def look_at_paid(*, subject: str, payer: Secret | None = None, now: datetime) -> Again:
    """`look_again` that breaks nothing."""
    return judged(
        look=lambda: look_again(subject=subject, payer=payer, now=now),
        instead=lambda: Again(verdict=_verdict(), before=find_assessment(subject=subject)),
        moment="paid",
        subject=subject,
        planned=(),
    )


@tenant_atomic(savepoint=False)
def keep_paid(*, again: Again, now: datetime) -> Verdict:
    """`keep_again` that breaks nothing: the verdict stands, whether or not it is written down."""
    if not again.has_news:
        return again.verdict
    return judged(
        look=lambda: keep_again(again=again, now=now),
        instead=lambda: again.verdict,
        moment="paid",
        subject=again.before.subject if again.before else "",
        planned=(),
    )


@tenant_atomic(savepoint=False)
def judge_again(*, subject: str, now: datetime) -> Verdict:
    """`look_at_paid`, written down at once: for who has the order locked already."""
    return keep_paid(again=look_at_paid(subject=subject, now=now), now=now)


def _verdict() -> Verdict:
    kept = policy()
    is_held = kept.is_on and kept.unanswered == Unanswered.HOLD
    action = Action.HOLD if is_held else Action.TAG
    spoken = Spoken(rule=FAILED, version=0, name="", action=action, is_unanswered=True)
    return Verdict(action=action, spoken=(spoken,), hold_minutes=kept.hold_minutes, then="pay_back")

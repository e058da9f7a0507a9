"""What providers told us, each notice under its own identity. No body is kept, only its digest."""

import hashlib
from datetime import datetime
from typing import Any

from core.actors import Actor
from core.scope import require_tenant, tenant_atomic
from core.sheets import Sheet
from core.statements import run
from payments.errors import NoticeRefused
from payments.models import Notice, Payment
from payments.states import Outcome
from payments.types import Notice as NoticeGiven
from tenants import audit

MOST_UNSIGNED = 50
_KEEP = """
    INSERT INTO payments_notice (tenant_id, provider, event_ref, outcome, payment_id,
                                 payment_number, body_digest, times, first_at, last_at)
    VALUES (%(tenant)s, %(provider)s, %(event)s, %(outcome)s, %(payment)s,
            %(number)s, %(digest)s, 1, %(now)s, %(now)s)
        ON CONFLICT (tenant_id, provider, event_ref)
        DO UPDATE SET times = payments_notice.times + 1, last_at = excluded.last_at
"""


def note(sheet: Sheet, *, notice: NoticeGiven, payment: Payment, now: datetime) -> None:
    """A notice that is accepted for the first time, on the caller's sheet."""
    columns = _columns(notice, Outcome.CAPTURED, payment, now=now)
    sheet.note(Notice, unless_there="notice_event_once", **columns)


def keep_repeat(*, notice: NoticeGiven, payment: Payment, now: datetime) -> None:
    """Store a notice that tells nothing new; a repeat of a stored one is counted."""
    _keep(Notice(**_columns(notice, Outcome.REPEATED, payment, now=now)))


def _columns(
    notice: NoticeGiven, outcome: Outcome, payment: Payment, *, now: datetime
) -> dict[str, Any]:
    return {
        "provider": notice.provider,
        "event_ref": notice.event_ref,
        "outcome": outcome,
        "payment": payment,
        "payment_number": notice.payment_number,
        "body_digest": notice.body_digest,
        "first_at": now,
        "last_at": now,
    }


@tenant_atomic(durable=True)
def keep_refusal(*, provider: str, body: bytes, refusal: NoticeRefused, now: datetime) -> None:
    """Store a refused notice for the office to look at; call it after the transaction that the
    refusal rolled back."""
    digest = hashlib.sha256(body).digest()
    payment = Payment.objects.filter(number=refusal.payment_number).first()
    if refusal.event_ref:
        # Signed, but wrong: under the event's name and what was wrong with it, so that the same
        # event told rightly later still has its own name.
        name = f"{refusal.reason}:{refusal.event_ref}"
    else:
        name = f"{refusal.reason}:{digest.hex()[:48]}"
        if _is_flooded(refusal.reason):
            name = f"{refusal.reason}:more"
    _keep(
        Notice(
            provider=provider[:20],
            event_ref=name,
            outcome=refusal.reason,
            payment=payment,
            payment_number=refusal.payment_number,
            body_digest=digest,
            first_at=now,
            last_at=now,
        )
    )


def _is_flooded(outcome: Outcome) -> bool:
    """Anyone can post rubbish; beyond a handful for the office it is only counted."""
    waiting = Notice.objects.filter(handled_at=None, outcome=outcome)
    return len(waiting.values("pk")[:MOST_UNSIGNED]) == MOST_UNSIGNED


def _keep(row: Notice) -> None:
    """One statement: two at once, or a first one that its sender repeats, are one row, counted."""
    run(
        _KEEP,
        {
            "tenant": require_tenant(),
            "provider": row.provider,
            "event": row.event_ref,
            "outcome": row.outcome,
            "payment": row.payment_id,
            "number": row.payment_number,
            "digest": bytes(row.body_digest),
            "now": row.first_at,
        },
    )


@tenant_atomic
def handle_notice(*, notice_id: int, by: Actor, reason: str, now: datetime) -> None:
    """A person has looked at an odd notice: it leaves the to-do list."""
    if Notice.objects.filter(pk=notice_id, handled_at=None).update(handled_at=now):
        audit.record(by=by, action="notice.handled", target=str(notice_id), reason=reason, now=now)


@tenant_atomic
def handle_notices(
    *, provider: str, outcome: str, seen_until: datetime, by: Actor, now: datetime
) -> int:
    """The same for all of one provider that are odd in the same way; says how many they were.

    What was told after `seen_until` stays: nobody has looked at it.
    """
    seen = Notice.objects.filter(provider=provider, outcome=outcome, last_at__lte=seen_until)
    count = seen.filter(handled_at=None).update(handled_at=now)
    if count:
        data: dict[str, str | int | None] = {"provider": provider, "count": count}
        audit.record(by=by, action="notices.handled", target=outcome, data=data, now=now)
    return count

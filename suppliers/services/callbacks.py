"""What suppliers tell us of themselves: a reason to ask, and no more."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import structlog
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.scope import require_tenant, tenant_atomic
from core.statements import run
from suppliers.models import Attempt, CallbackHeard, Supplier
from suppliers.services.docking import speaker
from suppliers.states import NOTHING_BOUGHT, AttemptState, CallbackOutcome
from suppliers.types import Callback, SupplierAdapter, clean_words

log = structlog.get_logger(__name__)
T = TypeVar("T")
MOST_REFUSED = 50
_UNDERSTOOD = frozenset({CallbackOutcome.HEARD, CallbackOutcome.TOLD})
_MORE = b"more "
# One statement: two at once, or a first one that its sender repeats, are one row, counted.
_KEEP = """
    INSERT INTO suppliers_callbackheard
           (tenant_id, supplier_id, digest, outcome, attempt_id, number, times, first_at, last_at)
    VALUES (%(tenant)s, %(supplier)s, %(digest)s, %(outcome)s, %(attempt)s,
            %(number)s, 1, %(now)s, %(now)s)
        ON CONFLICT (tenant_id, supplier_id, digest)
        DO UPDATE SET times = suppliers_callbackheard.times + 1, last_at = excluded.last_at
"""


@tenant_atomic
def hear_callback(
    *, uid: UUID, body: bytes, headers: Mapping[str, str], now: datetime
) -> bytes | None:
    """A supplier calls: have its order asked after. The answer is its protocol's word for "heard".

    One about an order that we do not know is parked, and acknowledged all the same: a repeat would
    say nothing new. What the supplier did not sign is kept for the office to look at, and answered
    with None. Raises NotFound.
    """
    supplier = Supplier.objects.filter(uid=uid).first()
    if supplier is None:
        raise NotFound(_("There is no such address."))
    adapter = speaker(supplier)
    told = read_or_refuse(lambda: _read(adapter, body, headers))
    attempt = _asked_after(supplier, told, now=now) if told else None
    outcome = CallbackOutcome.HEARD if attempt else CallbackOutcome.UNKNOWN
    if told is None:
        outcome = CallbackOutcome.REFUSED
    number = told.number if told else ""
    keep_heard(supplier, body, outcome, attempt=attempt, number=number, now=now)
    return adapter.acknowledgement if told else None


def _read(adapter: SupplierAdapter, body: bytes, headers: Mapping[str, str]) -> Callback:
    told = adapter.read_callback(body=body, headers=headers)
    return replace(told, number=clean_words(str(told.number))[:80])


def read_or_refuse(read: Callable[[], T]) -> T | None:
    """What it says, its signature checked on the raw body; None for whatever is not theirs."""
    try:
        return read()
    except Exception as why:  # noqa: BLE001 -- a stranger's body: whatever is wrong with it is refused
        log.warning("callback_refused", why=type(why).__name__)
        return None


def _asked_after(supplier: Supplier, told: Callback, *, now: datetime) -> Attempt | None:
    """The attempt, due now; also one that was a success, which may have been taken back."""
    found = Attempt.objects.filter(number=told.number[:32], offer__supplier=supplier)
    attempt = found.select_for_update(no_key=True, of=("self",)).first()
    if attempt is None or attempt.state in {*NOTHING_BOUGHT, AttemptState.CREATED}:
        return attempt
    attempt.next_at = now if attempt.next_at is None else min(now, attempt.next_at)
    attempt.save(update_fields=["next_at"])
    return attempt


def was_heard(supplier: Supplier, body: bytes, *, outcomes: Iterable[CallbackOutcome]) -> bool:
    """Whether this very body came before, with one of these outcomes."""
    digest = hashlib.sha256(body).digest()
    found = CallbackHeard.objects.filter(supplier=supplier, digest=digest, outcome__in=outcomes)
    return found.exists()


def keep_heard(
    supplier: Supplier,
    body: bytes,
    outcome: CallbackOutcome,
    *,
    attempt: Attempt | None,
    number: str,
    now: datetime,
) -> None:
    """Its digest and what it was about, in the caller's transaction; the same again is counted."""
    digest = hashlib.sha256(body).digest()
    if outcome not in _UNDERSTOOD and _is_flooded(supplier, outcome):
        digest = _MORE + outcome.value.encode()
    run(
        _KEEP,
        {
            "tenant": require_tenant(),
            "supplier": supplier.pk,
            "digest": digest,
            "outcome": outcome,
            "attempt": attempt and attempt.pk,
            "number": number,
            "now": now,
        },
    )


def _is_flooded(supplier: Supplier, outcome: CallbackOutcome) -> bool:
    """Who knows the address can post rubbish; beyond a handful for the office it is counted."""
    odd = CallbackHeard.objects.filter(supplier=supplier, outcome=outcome)
    return len(odd.values("pk")[:MOST_REFUSED]) >= MOST_REFUSED

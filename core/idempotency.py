"""The same request twice is one effect and the same answer.

`claim` commits before the work starts; whoever finds the key claimed waits its turn (a refusal that
says "in progress") until the lease runs out. The same key with another body is refused.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.crypto import digest
from core.errors import AppError
from core.models import Once
from core.scope import tenant_atomic

LEASE = timedelta(seconds=60)


class KeyReused(AppError):
    code = "idempotency_key_reused"
    status = 422


class StillRunning(AppError):
    code = "still_running"
    status = 409


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given before."""

    status: int
    answer: Any


@tenant_atomic(durable=True)
def claim(*, scope: str, key: str, body: str, now: datetime) -> Given | None:
    """None: go on, the key is yours for a minute. Given: this was answered, say it again."""
    with suppress(IntegrityError), transaction.atomic():
        Once.objects.create(scope=scope, key=key, fingerprint=digest(body), lease_until=now + LEASE)
        return None
    row = Once.objects.select_for_update(no_key=True).get(scope=scope, key=key)
    if bytes(row.fingerprint) != digest(body):
        raise KeyReused(_("This idempotency key was used for another request."), param="key")
    if row.status:
        return Given(status=row.status, answer=row.answer)
    if row.lease_until > now:
        raise StillRunning(_("The first request with this key is still running. Ask again soon."))
    row.lease_until = now + LEASE
    row.save(update_fields=["lease_until"])
    return None


@tenant_atomic
def remember(*, scope: str, key: str, status: int, answer: Any) -> None:
    """Keep the answer; call it in the transaction of the effect."""
    Once.objects.filter(scope=scope, key=key).update(status=status, answer=answer)

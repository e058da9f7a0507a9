"""The same request twice is one effect and the same answer.

The key, the effect and the answer are written in one transaction: who dies in between leaves
nothing behind, and the next try begins anew. While it is open, its advisory lock tells who comes
with the same key that the first one is still running. The answer is sealed: it may hold goods.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from core.crypto import Place, digest, seal, unseal
from core.errors import AppError
from core.models import Once
from core.rotation import SealedColumn
from core.scope import require_tenant
from core.sheets import Sheet
from core.statements import run

KEPT = timedelta(days=30)
ANSWER = Place("core_once", "answer")
SEALED = (SealedColumn(model=Once, field="answer", place=ANSWER),)

# What was answered is answered again whoever else is asking; only who would begin needs the lock.
_LOOK = """
    SELECT once.fingerprint, once.status, once.answer, once.uid,
           once.id IS NOT NULL OR pg_try_advisory_xact_lock(hashtextextended(%(lock)s, 0))
      FROM (VALUES (1)) AS always(one)
      LEFT JOIN core_once AS once
        ON once.tenant_id = %(tenant)s AND once.scope = %(scope)s AND once.key = %(key)s
"""


def is_first_sql(*, tenant: str, scope: str, key: str) -> str:
    """For a statement that asks more than this: whether nobody was answered under the key, which
    then is the caller's until his transaction ends. Of who hears anything but "yes", `look` finds
    out the rest."""
    lock = f"'once|' || {tenant} || '|' || {scope} || '|' || {key}"
    return f"""(
        NOT EXISTS (SELECT FROM core_once AS once WHERE once.tenant_id = {tenant}
                       AND once.scope = {scope} AND once.key = {key})
        AND pg_try_advisory_xact_lock(hashtextextended({lock}, 0)))"""


class KeyReused(AppError):
    code = "idempotency_key_reused"
    status = 422


class StillRunning(AppError):
    code = "still_running"
    status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: `scope` is whose keys these are, `said` all that makes it this request."""

    scope: str
    key: str
    said: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given before, byte for byte."""

    status: int
    answer: bytes


def look_again(*, asked: Asked) -> Given | None:
    """`look` for who is not the first: between its view of the answers and its lock the first one
    may have ended. Once the lock is ours, nothing can come in between."""
    return look(asked=asked) or look(asked=asked)


def look(*, asked: Asked) -> Given | None:
    """The answer that the key was given; None: it is the caller's until his transaction ends.

    Raises KeyReused for another request under the key, StillRunning while its first one runs.
    """
    tenant_id = require_tenant()
    given = {"tenant": tenant_id, "scope": asked.scope, "key": asked.key}
    lock = f"once|{tenant_id}|{asked.scope}|{asked.key}"
    ((fingerprint, status, answer, uid, is_mine),) = run(_LOOK, given | {"lock": lock}).rows
    if not is_mine:
        raise StillRunning(
            _("The first request with this key is still running. Ask again soon."), wait_seconds=1
        )
    if fingerprint is None:
        return None
    if bytes(fingerprint) != digest(asked.said):
        raise KeyReused(
            _("This idempotency key was used for another request."), param="Idempotency-Key"
        )
    text = unseal(bytes(answer), place=ANSWER, uid=uid)
    return Given(status=status, answer=text.encode())


def keep(*, asked: Asked, status: int, answer: bytes, now: datetime, sheet: Sheet) -> None:
    """Put the answer on the sheet of the effect; its key is taken when the sheet is written.

    The database refuses it (`once_key_once`) where another one was a moment faster.
    """
    uid = uuid4()
    sheet.note(
        Once,
        uid=uid,
        scope=asked.scope,
        key=asked.key,
        fingerprint=digest(asked.said),
        status=status,
        answer=seal(answer.decode(), place=ANSWER, uid=uid),
        made_at=now,
    )


def forget_old(now: datetime) -> int:
    """Drop the answers whose 30 days are over, a batch at a time."""
    old = Once.objects.using("ops").filter(made_at__lt=now - KEPT).values("pk")[:10_000]
    return Once.objects.using("ops").filter(pk__in=old).delete()[0]

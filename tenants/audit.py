"""The audit log: written with the deed, sealed into a hash chain in the background."""

import hashlib
import json
from datetime import datetime, timedelta

import structlog
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core import limits
from core.actors import Actor
from core.errors import InvalidInput
from core.scope import bind, require_tenant, tenant_atomic
from core.sheets import Sheet
from tenants.models import AuditRow, AuditSeal, Merchant

# Rows get their ids before they commit; the chain waits until no older one can still appear.
SETTLED = timedelta(seconds=30)
START = b"\0" * 32
MOST = 10_000  # rows of a link
MOST_LOOKS = 50
OPS = "ops"


@tenant_atomic
def record(
    *,
    by: Actor,
    action: str,
    now: datetime,
    target: str = "",
    reason: str = "",
    data: dict[str, str | int | None] | None = None,
) -> AuditRow:
    """Write what was done, in the transaction that does it. `data` never holds a secret."""
    context = structlog.contextvars.get_contextvars()
    return AuditRow.objects.create(
        at=now,
        by=by.label,
        user_id=by.user_id,
        ip=by.ip or None,
        action=action,
        target=target[:120],
        reason=reason[:200],
        data=data or {},
        request_id=context.get("request_id", ""),
    )


@tenant_atomic
def record_look(
    *,
    by: Actor,
    action: str,
    target: str,
    reason: str,
    now: datetime,
    data: dict[str, str | int | None] | None = None,
) -> None:
    """Write that a member of staff opens what is sealed: with a reason, `MOST_LOOKS` a day whatever
    it is. Raises InvalidInput without one, TooManyTries past the quota.

    Whether this person may is the caller's question.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why you need to see it."), param="reason")
    who = f"{require_tenant()}|{by.user_id or by.label}"
    limits.hit(what="code.reveal", who=who, most=MOST_LOOKS, window=timedelta(days=1), now=now)
    record(by=by, action=action, target=target, reason=reason.strip(), data=data, now=now)


def note(sheet: Sheet, *, by: Actor, action: str, target: str, now: datetime) -> None:
    """`record` for what happens hundreds of times a second: with the other writes of the deed."""
    sheet.note(
        AuditRow,
        at=now,
        by=by.label,
        user_id=by.user_id,
        ip=by.ip or None,
        action=action,
        target=target[:120],
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )


def seal_all(now: datetime) -> int:
    """Extend every tenant's chain over its settled rows; returns the rows sealed."""
    sealed = 0
    for tenant_id in _unsealed(now=now):
        with bind(tenant_id):
            while done := seal(now=now):
                sealed += done
    return sealed


def _unsealed(*, now: datetime) -> list[int]:
    """Tenants with settled rows after their last link: found from the end of each one's log, which
    is asked every minute and grows for ever."""
    links = AuditSeal.objects.using(OPS).filter(tenant_id=OuterRef("pk")).order_by("-upto")
    tenants = Merchant.objects.using(OPS).annotate(
        upto=Coalesce(Subquery(links.values("upto")[:1]), 0)
    )
    rows = AuditRow.objects.using(OPS).filter(tenant_id=OuterRef("pk"), pk__gt=OuterRef("upto"))
    found = tenants.filter(Exists(rows.filter(at__lt=now - SETTLED))).order_by("pk")
    return list(found.values_list("pk", flat=True))


@tenant_atomic
def seal(*, now: datetime) -> int:
    last = AuditSeal.objects.select_for_update(no_key=True).order_by("-upto").first()
    upto, chain = (last.upto, bytes(last.chain)) if last else (0, START)
    left = AuditRow.objects.filter(pk__gt=upto, at__lt=now - SETTLED).order_by("pk")
    rows = list(left[:MOST])
    if not rows:
        return 0
    AuditSeal.objects.bulk_create(
        [AuditSeal(upto=rows[-1].pk, rows=len(rows), chain=_link(chain, rows), sealed_at=now)],
        ignore_conflicts=True,
    )
    return len(rows)


@tenant_atomic
def broken_links() -> list[int]:
    """The `upto` of every link that no longer matches its rows; empty when nothing was edited."""
    broken, after, chain = [], 0, START
    for link in AuditSeal.objects.order_by("upto"):
        rows = list(AuditRow.objects.filter(pk__gt=after, pk__lte=link.upto).order_by("pk"))
        if len(rows) != link.rows or _link(chain, rows) != bytes(link.chain):
            broken.append(link.upto)
        after, chain = link.upto, bytes(link.chain)
    return broken


def _link(chain: bytes, rows: list[AuditRow]) -> bytes:
    hashed = hashlib.sha256(chain)
    for row in rows:
        fields = [row.pk, row.at.isoformat(), row.by, row.user_id, row.ip, row.action, row.target]
        fields += [row.reason, row.data, row.request_id]
        hashed.update(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode())
    return hashed.digest()

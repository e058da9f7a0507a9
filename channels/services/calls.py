"""The request log: written in batches, masked on the way, forgotten after 30 days."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels.hiding import masked_answer, masked_body, masked_path
from channels.models import ApiCall
from channels.types import CallSeen
from core.rows import draft, insert
from core.scope import tenant_atomic

KEPT = timedelta(days=30)
BATCH = 10_000


@tenant_atomic
def keep_calls(*, calls: Sequence[CallSeen]) -> None:
    """Write them down, without their secrets."""
    insert(
        [
            draft(
                ApiCall,
                partner_id=call.partner_id,
                at=call.at,
                method=call.method[:8],
                path=masked_path(call.path)[:300],
                status=call.status,
                ms=call.ms,
                key_hint=call.key_hint,
                ip=call.ip or None,
                request_id=call.request_id,
                body=masked_body(call.body.reveal()) if call.body else "",
                answer=masked_answer(call.answer.reveal()),
            )
            for call in calls
        ]
    )


def forget_old_calls(now: datetime) -> int:
    """Drop those whose 30 days are over, across tenants, a batch at a time."""
    old = ApiCall.objects.using("ops").filter(at__lt=now - KEPT).order_by("at").values("pk")[:BATCH]
    return ApiCall.objects.using("ops").filter(pk__in=old).delete()[0]

"""Who hears what, who is swept, what is re-encrypted: the whole upward traffic on one page."""

from datetime import timedelta

from django.utils import timezone

from catalog.selectors import due_schedules
from core import limits, outbox, sweeper
from payments import services as payments
from payments.events import RefundCreated, SandboxNoticeDue
from payments.selectors import due_notices, due_refunds
from tenants import audit

HEARD_KEPT = timedelta(days=3)


def connect() -> None:
    sweeper.watch(outbox.due_rows, task="core.hear", id_name="row_id")
    sweeper.watch(due_schedules, task="catalog.follow_schedule", id_name="product_id")
    outbox.subscribe(RefundCreated, payments.push_refund)
    outbox.subscribe(SandboxNoticeDue, payments.send_notice)
    sweeper.watch(due_refunds, task="payments.push_refund", id_name="refund_id")
    sweeper.watch(due_notices, task="payments.send_notice", id_name="notice_id")
    sweeper.chore(limits.forget_past, every=timedelta(minutes=10))
    sweeper.chore(audit.seal_all, every=timedelta(minutes=1))
    sweeper.chore(_forget_heard, every=timedelta(minutes=10))


def _forget_heard(now: object) -> int:
    return outbox.forget_heard(before=timezone.now() - HEARD_KEPT, limit=10_000)

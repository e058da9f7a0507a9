"""Whom the shop tells, what there was to tell, and what waits."""

from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from core.errors import NotFound
from notices.models import Message, Notice, Recipient, Seen, SmsSender
from notices.states import MessageState
from notices.words import said_of

KEPT = timedelta(days=90)
BATCH = 5_000
LATELY = timedelta(days=30)
MOST_UNSEEN = 100


def recipients() -> QuerySet[Recipient]:
    """Those who are told."""
    return Recipient.objects.filter(is_on=True)


def get_recipient(*, ref: str) -> Recipient:
    """Raises NotFound."""
    found = recipients().filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def find_sms_sender() -> SmsSender | None:
    return SmsSender.objects.first()


def most_sms_a_day() -> int:
    """What the shop may spend; 0 where nobody sends them."""
    found = find_sms_sender()
    return found.most_a_day if found is not None and found.is_on else 0


def latest_notices() -> QuerySet[Notice]:
    """The newest first, each with how many were told of it and how many could not be."""
    return Notice.objects.order_by("-pk").annotate(
        told=Count("messages", filter=Q(messages__state=MessageState.SENT)),
        missed=Count("messages", filter=Q(messages__state=MessageState.GIVEN_UP)),
    )


def unseen_notices(*, member_id: int, now: datetime) -> QuerySet[Notice]:
    """What there was to tell lately that the member has not read."""
    seen = Seen.objects.filter(member_id=member_id)
    return Notice.objects.filter(at__gt=now - LATELY).exclude(pk__in=seen.values("notice_id"))


def count_unseen(*, member_id: int, now: datetime) -> int:
    """Up to `MOST_UNSEEN`: more than that is many."""
    found = unseen_notices(member_id=member_id, now=now)
    return found.order_by()[:MOST_UNSEEN].count()


def get_notice(*, notice_id: int) -> Notice:
    """Raises NotFound."""
    found = Notice.objects.filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    return found


def words_of(notice: Notice) -> str:
    return said_of(notice.what, notice.given)


def due_messages(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, recipient) to whom something is due, across tenants: for the sweeper."""
    due = Message.objects.using("ops").filter(
        state=MessageState.WAITING, next_at__lte=now, lease_until__lte=now
    )
    found = due.order_by("next_at").values_list("tenant_id", F("recipient_id"))[:limit]
    return list(dict.fromkeys((tenant, recipient) for tenant, recipient in found))


def due_to_forget(*, now: datetime) -> QuerySet[Notice]:
    """A batch of the oldest, across tenants."""
    old = Notice.objects.using("ops").filter(at__lt=now - KEPT).order_by("at")
    return Notice.objects.using("ops").filter(pk__in=old.values("pk")[:BATCH])

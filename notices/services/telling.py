"""Something happened: it is written down, and goes on its way to those who want to know."""

from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex

from django.db import transaction

from core.actors import Actor
from core.nudge import nudge
from core.scope import require_tenant, tenant_atomic
from notices.models import Message, Notice, Recipient
from notices.selectors import get_recipient
from notices.states import Topic
from notices.types import News
from tenants import audit

SEND = "notices.send"
LONGEST_WORD = 120


@tenant_atomic
def tell(*, news: News, what: str = "", now: datetime) -> bool:
    """Whether this is news: the same key again is told nobody. `what` names the sentence, if it is
    another than the topic's."""
    wants = [one for one in Recipient.objects.filter(is_on=True) if news.topic in one.topics]
    return _tell(news, what or news.topic, wants, now=now)


@tenant_atomic
def try_out(*, ref: str, by: Actor, now: datetime) -> None:
    """A message that says that it is a test, to one recipient, whatever it is told of."""
    key = f"test:{token_hex(8)}"
    one = get_recipient(ref=ref)
    audit.record(by=by, action="recipient.tried", target=one.name, now=now)
    _tell(News(topic=Topic.HELD, key=key), "test", [one], now=now)


def _tell(news: News, what: str, wants: Iterable[Recipient], *, now: datetime) -> bool:
    given = {name: text[:LONGEST_WORD] for name, text in news.given.items()}
    notice, is_new = Notice.objects.get_or_create(
        key=news.key[:60],
        defaults={
            "topic": news.topic, "what": what, "given": given, "path": news.path, "at": now
        },
    )  # fmt: skip
    if not is_new:
        return False
    for one in wants:
        due = max(now, one.rests_until)
        Message.objects.create(notice=notice, recipient=one, next_at=due, lease_until=now)
        if due <= now:
            _soon(one.pk)
    return True


def _soon(recipient_id: int) -> None:
    tenant_id = require_tenant()
    transaction.on_commit(lambda: nudge(SEND, tenant_id=tenant_id, recipient_id=recipient_id))

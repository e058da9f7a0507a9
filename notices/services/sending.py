"""What waits for a recipient goes out as one message: claim, call, record.

Nothing is locked while the other side thinks. Who dies in between leaves a lease that runs out, and
the same is said again: a notice may arrive twice, never not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.crypto import unseal
from core.outward import CallFailed, Incoming, Outgoing, Patience, call, start_of
from core.scope import tenant_atomic
from core.secrets import Secret
from core.states import check_move
from notices.adapters import mail, robots, webhook
from notices.models import ADDRESS, SECRET, Message, Recipient
from notices.states import MESSAGE_MOVES, MessageState, Way
from notices.types import Letter, Line
from notices.words import said_of
from tenants.selectors import get_shop, shop_address

LEASE = timedelta(seconds=60)  # longer than a call, or a mail server, may take
PATIENCE = Patience(to_connect=3.0, to_answer=10.0, in_all=10.0)
MOST_READ = 4_096
MOST_LINES, MOST_AT_ONCE = 10, 200
# A program has to hear of each; people are told how many more there are.
MOST_OF = dict.fromkeys(Way.values, MOST_AT_ONCE) | {Way.WEBHOOK.value: MOST_LINES}
RESTS = timedelta(seconds=4)  # robots take twenty a minute
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
MOST_TRIES = len(WAITS) + 1

_COMPOSED: dict[str, Callable[[Letter], Outgoing]] = {
    Way.WEBHOOK: webhook.compose,
    Way.WECOM: robots.compose_wecom,
    Way.DINGTALK: robots.compose_dingtalk,
    Way.FEISHU: robots.compose_feishu,
}
_UNDERSTOOD: dict[str, Callable[[Incoming], str]] = {
    Way.WEBHOOK: webhook.refusal_in,
    Way.WECOM: robots.refusal_in,
    Way.DINGTALK: robots.refusal_in,
    Way.FEISHU: robots.refusal_in,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lease:
    recipient_id: int
    way: str
    fences: dict[int, int]  # by message
    letter: Letter


def send_messages(*, recipient_id: int, now: datetime) -> int:
    """Say all that is due to one recipient; returns how many notices that were. Safe to call at any
    time and by any number of workers."""
    lease = _claim(recipient_id, now=now)
    if lease is None:
        return 0
    _record(lease, _said(lease), now=now)
    return len(lease.fences)


@tenant_atomic(durable=True)
def _claim(recipient_id: int, *, now: datetime) -> _Lease | None:
    one = Recipient.objects.select_for_update(of=("self",), no_key=True).get(pk=recipient_id)
    due = Message.objects.select_for_update(of=("self",), no_key=True).filter(
        recipient=one, state=MessageState.WAITING, next_at__lte=now, lease_until__lte=now
    )
    found = list(due.select_related("notice").order_by("notice__at", "pk")[: MOST_OF[one.way]])
    if not one.is_on:
        for message in found:
            _move(message, MessageState.GIVEN_UP)
    if not one.is_on or not found or one.rests_until > now:
        return None
    one.rests_until = now + RESTS
    one.save(update_fields=["rests_until"])
    Message.objects.filter(pk__in=[message.pk for message in found]).update(
        fence=F("fence") + 1, tries=F("tries") + 1, lease_until=now + LEASE
    )
    fences = {message.pk: message.fence + 1 for message in found}
    return _Lease(
        recipient_id=one.pk, way=one.way, fences=fences, letter=_letter(one, found, now=now)
    )


def _letter(one: Recipient, found: list[Message], *, now: datetime) -> Letter:
    shop = get_shop()
    with override(one.language):
        lines = tuple(
            Line(
                ref=f"nt_{message.notice_id}",
                topic=message.notice.topic,
                text=said_of(message.notice.what, message.notice.given),
                link=shop_address(path=message.notice.path) if message.notice.path else "",
                at=message.notice.at,
            )
            for message in found[:MOST_LINES]
        )
        left = len(found) - len(lines)
        more = _("… and %(n)s more.") % {"n": left} if left else ""
        title = _("%(shop)s: what you should know") % {"shop": shop.name_in(one.language)}
    secret = unseal(bytes(one.secret), place=SECRET, uid=one.uid) if one.secret else ""
    return Letter(
        id=f"nl_{found[0].pk}_{found[0].fence + 1}",
        title=title,
        lines=lines,
        more=more,
        address=Secret(unseal(bytes(one.address), place=ADDRESS, uid=one.uid)),
        secret=Secret(secret) if secret else None,
        now=now,
    )


def _said(lease: _Lease) -> str:
    """Why it did not arrive; nothing if it did."""
    if lease.way == Way.MAIL:
        return mail.send(lease.letter)
    outgoing = _COMPOSED[lease.way](lease.letter)
    may_stay = replace(outgoing, may_stay_home=settings.WEBHOOKS_MAY_BE_LOCAL)
    try:
        answer = call(may_stay, patience=PATIENCE, read=start_of(MOST_READ))
    except CallFailed as failed:
        return "no_answer" if failed.was_sent else "not_reached"
    return _UNDERSTOOD[lease.way](answer)


@tenant_atomic(durable=True)
def _record(lease: _Lease, refusal: str, *, now: datetime) -> None:
    """Write down how it went, of what is still ours."""
    found = Message.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=list(lease.fences), state=MessageState.WAITING
    )
    for message in found:
        if message.fence != lease.fences[message.pk]:
            continue
        message.lease_until = now
        if not refusal:
            message.sent_at = now
            _move(message, MessageState.SENT)
        elif message.tries >= MOST_TRIES:
            _move(message, MessageState.GIVEN_UP)
        else:
            message.next_at = now + WAITS[message.tries - 1]
            message.save(update_fields=["next_at", "lease_until"])
    told = {"last_error": refusal} | ({} if refusal else {"last_at": now})
    Recipient.objects.filter(pk=lease.recipient_id).update(**told)


def _move(message: Message, new: MessageState) -> None:
    check_move(MESSAGE_MOVES, MessageState(message.state), new)
    message.state = new
    message.save(update_fields=["state", "sent_at", "lease_until"])

"""An event's way to an endpoint: claim, call, record. Only `_settle` and `_claim` write how far a
delivery is.

Nothing is locked while the endpoint thinks. Who dies in between leaves a lease that runs out; the
event is sent again under the same id, and whoever gets it twice can tell.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from channels.models import WebhookDelivery, WebhookEndpoint
from channels.services.webhooks.announcing import SEND, tell_disabled
from channels.services.webhooks.doubling import goes_twice
from channels.services.webhooks.endpoints import disable
from channels.services.webhooks.hands import hand_for, note_speed
from channels.services.webhooks.signing import headers_of, secrets_of, text_of
from channels.states import (
    DELIVERY_DUE,
    DELIVERY_MOVES,
    DeliveryState,
    EndpointState,
    OffReason,
)
from core.actors import SYSTEM
from core.crypto import digest
from core.failpoints import reach
from core.nudge import nudge
from core.outward import CallFailed, Outgoing, Patience, call, start_of
from core.rows import fetch, fetch_with
from core.scope import require_tenant, tenant_atomic
from core.secrets import Secret
from core.statements import run
from core.states import check_move
from suppliers.hiding import hide_codes

LEASE = timedelta(seconds=30)  # longer than a call can take
TURN = 5.0  # seconds: then others have theirs
PATIENCE = Patience(to_connect=3.0, to_answer=10.0, in_all=10.0)
MOST_READ, MOST_KEPT = 4_096, 500
# After each try but the last: 12 tries in 80 hours, each wait 10 % longer or shorter.
WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=16),
    timedelta(hours=24),
    timedelta(hours=28),
)
MOST_TRIES = len(WAITS) + 1
GIVES_UP_AFTER = timedelta(days=5)  # of failures without one success
GONE = 410
MOST_HERE = 2  # samples that one web process sends at once
# Words of our own: a nudge looks once more than there is to send, and the sender's processor is
# what an event waits for when many come at once.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT one.id FROM channels_webhookdelivery AS one
          JOIN channels_webhookendpoint AS hook
            ON hook.tenant_id = one.tenant_id AND hook.id = one.endpoint_id
         WHERE one.tenant_id = %(tenant)s AND one.endpoint_id = %(endpoint)s
           AND (%(delivery)s::bigint IS NULL OR one.id = %(delivery)s)
           AND one.state IN ('pending', 'failed') AND hook.state = 'active'
           AND one.next_at <= %(now)s AND one.lease_until <= %(now)s
         ORDER BY one.next_at, one.id LIMIT 1
           FOR NO KEY UPDATE OF one SKIP LOCKED)
    UPDATE channels_webhookdelivery AS mine
       SET fence = mine.fence + 1, tries = mine.tries + 1, lease_until = %(until)s
      FROM due
     WHERE mine.tenant_id = %(tenant)s AND mine.id = due.id
 RETURNING mine.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    delivery_id: int
    endpoint_id: int
    fence: int
    is_failing: bool  # the endpoint is known to
    event_ref: str
    goes_twice: bool
    url: str
    body: str
    signed_by: tuple[Secret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `status` None: nothing that is an answer."""

    ms: int
    status: int | None = None
    error: str = ""
    text: str = ""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_webhooks(*, endpoint_id: int, now: datetime) -> None:
    """Send what is due to one endpoint, one after another, until nothing is or its turn is over.

    Safe to call at any time and by any number of workers: each delivery is one's of them.
    """
    began = time.monotonic()
    with hand_for(endpoint_id) as has_hand:
        if not has_hand:
            return
        while (took := time.monotonic() - began) < TURN:
            if not _send_next(endpoint_id, now=now + timedelta(seconds=took)):
                return
    nudge(SEND, tenant_id=require_tenant(), endpoint_id=endpoint_id)


def send_now(*, delivery_id: int, endpoint_id: int, now: datetime) -> None:
    """Send one delivery while somebody waits for it; what finds no hand here is a worker's."""
    with hand_for(endpoint_id, most_in_all=MOST_HERE) as has_hand:
        if has_hand:
            _send_next(endpoint_id, delivery_id=delivery_id, now=now)
            return
    nudge(SEND, tenant_id=require_tenant(), endpoint_id=endpoint_id)


def _send_next(endpoint_id: int, *, delivery_id: int | None = None, now: datetime) -> bool:
    """Whether there was one to send."""
    began = time.monotonic()
    lease = _claim(endpoint_id, delivery_id, now=now)
    if lease is None:
        return False
    reach("channels.webhook_claimed")
    answer = _said(lease, now=now)
    if lease.goes_twice and answer.is_good:
        # Under the same lease: who dies in between has recorded nothing, and both go out again.
        reach("channels.webhook_sent_once")
        answer = _said(lease, now=now)
    note_speed(endpoint_id, seconds=answer.ms / 1000)
    reach("channels.webhook_sent")
    # Not the clock's time: it may be set while the endpoint thinks.
    _record(lease, answer, now=now + timedelta(seconds=time.monotonic() - began))
    return True


@tenant_atomic(durable=True)
def _claim(endpoint_id: int, delivery_id: int | None, *, now: datetime) -> Lease | None:
    """What has been due longest, for exactly one sender."""
    given = {
        "tenant": require_tenant(),
        "endpoint": endpoint_id,
        "delivery": delivery_id,
        "now": now,
        "until": now + LEASE,
    }
    taken = run(_CLAIM, given).rows
    if not taken:
        return None
    (row,) = fetch_with(WebhookDelivery, "event", "own.id = %s", taken[0][0])
    (row.endpoint,) = fetch(WebhookEndpoint, "id = %s", endpoint_id)
    return Lease(
        delivery_id=row.pk,
        endpoint_id=endpoint_id,
        fence=row.fence,
        is_failing=row.endpoint.failing_since is not None,
        event_ref=row.event.ref,
        goes_twice=goes_twice(row.event),
        url=row.endpoint.url,
        body=text_of(row.event),
        signed_by=secrets_of(row.endpoint, now=now),
    )


def _said(lease: Lease, *, now: datetime) -> Answer:
    outgoing = Outgoing(
        method="POST",
        url=lease.url,
        body=lease.body.encode(),
        headers=headers_of(
            event_ref=lease.event_ref, body=lease.body, signed_by=lease.signed_by, now=now
        ),
        may_stay_home=settings.WEBHOOKS_MAY_BE_LOCAL,
    )
    began = time.monotonic()
    try:
        came = call(outgoing, patience=PATIENCE, read=start_of(MOST_READ))
    except CallFailed as failed:
        what = "no_answer" if failed.was_sent else "not_reached"
        return Answer(ms=_ms_since(began), error=f"{what}: {failed}"[:60])
    text = came.body.decode(errors="replace").replace("\0", "")
    error = "" if 200 <= came.status < 300 else f"http_{came.status}"
    return Answer(
        ms=_ms_since(began), status=came.status, error=error, text=hide_codes(text)[:MOST_KEPT]
    )


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


@tenant_atomic(durable=True)
def _record(lease: Lease, answer: Answer, *, now: datetime) -> None:
    """Write the answer down, only if the fencing number is still ours."""
    endpoint = None
    if lease.is_failing or not answer.is_good:  # locked first, always: no two wait for each other
        found = WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True)
        endpoint = found.get(pk=lease.endpoint_id)
    mine = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True)
    row = mine.filter(
        pk=lease.delivery_id, fence=lease.fence, state__in=sorted(DELIVERY_DUE)
    ).select_related("event").first()  # fmt: skip
    if row is None:
        return
    row.last_at, row.last_ms, row.last_status = now, answer.ms, answer.status
    row.last_error, row.answer = answer.error, answer.text
    _settle(row, answer, now=now)
    if endpoint is not None and not row.event.is_test:
        _judge(endpoint, answer, now=now)


def _settle(row: WebhookDelivery, answer: Answer, *, now: datetime) -> None:
    """How it goes on with a delivery that was tried."""
    if answer.is_good:
        new, row.delivered_at = DeliveryState.DELIVERED, now
    elif row.event.is_test or answer.status == GONE or row.tries >= MOST_TRIES:
        new = DeliveryState.GIVEN_UP
    else:
        new, row.next_at = DeliveryState.FAILED, now + wait_after(row.ref, tries=row.tries)
    check_move(DELIVERY_MOVES, DeliveryState(row.state), new)
    row.state, row.lease_until = new, now
    row.save()


def wait_after(ref: str, *, tries: int) -> timedelta:
    """Until the next try: by up to a tenth longer or shorter, each delivery in its own way, so that
    what failed together does not come back together."""
    share = int.from_bytes(digest(f"{ref}:{tries}")[:2]) / 0xFFFF
    return WAITS[min(tries, len(WAITS)) - 1] * (0.9 + 0.2 * share)


def _judge(endpoint: WebhookEndpoint, answer: Answer, *, now: datetime) -> None:
    """What a try says of its endpoint: 410 is a good-bye, five days of failures are one too."""
    if endpoint.state != EndpointState.ACTIVE:
        return
    since = endpoint.failing_since
    if answer.is_good:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
    elif answer.status == GONE:
        _give_up_on(endpoint, reason=OffReason.GONE, now=now)
    elif since is None:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=now)
    elif since <= now - GIVES_UP_AFTER:
        _give_up_on(endpoint, reason=OffReason.FAILING, now=now)


def _give_up_on(endpoint: WebhookEndpoint, *, reason: OffReason, now: datetime) -> None:
    disable(endpoint, reason=reason, by=SYSTEM, now=now)
    tell_disabled(endpoint=endpoint, now=now)

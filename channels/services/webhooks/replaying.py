"""Once more, because somebody asks: a delivery, a stretch of time, or a sample to try it with."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from channels.errors import EndpointOff
from channels.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from channels.services.webhooks.announcing import event_ref, nudge_after_commit
from channels.services.webhooks.samples import sample_of
from channels.states import DELIVERY_MOVES, DeliveryState, EndpointState
from channels.types import Replayed
from core.actors import Actor
from core.errors import NotFound
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from tenants import audit

MOST_REPLAYED = 1_000


@tenant_atomic
def retry_delivery(*, delivery_id: int, by: Actor, now: datetime) -> WebhookDelivery:
    """Send it now, and again from the first wait if it fails; also what had arrived.

    Raises EndpointOff, and MoveRefused for what waits for its first try anyway.
    """
    mine = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True)
    row = mine.select_related("endpoint", "event").filter(pk=delivery_id).first()
    if row is None:
        raise NotFound
    _check_is_on(row.endpoint)
    check_move(DELIVERY_MOVES, DeliveryState(row.state), DeliveryState.PENDING)
    _move_back([row], now=now)
    row.refresh_from_db()
    audit.record(by=by, action="webhook.retried", target=row.endpoint.ref, now=now)
    nudge_after_commit([row.endpoint_id])
    return row


@tenant_atomic
def replay_events(
    *, endpoint: WebhookEndpoint, since: datetime, until: datetime, by: Actor, now: datetime
) -> Replayed:
    """Everything that the endpoint wants to hear of that time, whether it has heard it or not: the
    oldest first, so many at once, and where to go on. Raises EndpointOff."""
    _check_is_on(endpoint)
    found = WebhookEvent.objects.filter(
        partner_id=endpoint.partner_id, at__gte=since, at__lt=until, is_test=False
    )
    if endpoint.kinds:
        found = found.filter(kind__in=endpoint.kinds)
    events = list(found.order_by("at", "pk")[: MOST_REPLAYED + 1])
    going = _whole_moments(events)
    mine = WebhookDelivery.objects.filter(endpoint=endpoint, event__in=going)
    there = list(mine.select_for_update(of=("self",), no_key=True).order_by("pk"))
    _move_back(there, now=now)
    known = {row.event_id for row in there}
    fresh = [_draft(endpoint, event, now=now) for event in going if event.pk not in known]
    WebhookDelivery.objects.bulk_create(fresh, ignore_conflicts=True)
    audit.record(
        by=by, action="webhook.replayed", target=endpoint.ref, now=now, data={"count": len(going)}
    )
    nudge_after_commit([endpoint.pk])
    rest = events[len(going) :]
    return Replayed(count=len(going), next_since=rest[0].at if rest else None)


def _whole_moments(events: list[WebhookEvent]) -> list[WebhookEvent]:
    """As many as go at once; those of the last moment together, unless they are all of one."""
    if len(events) <= MOST_REPLAYED:
        return events
    last = events[-1].at
    return [event for event in events if event.at < last] or events[:MOST_REPLAYED]


@tenant_atomic
def make_sample(
    *, endpoint: WebhookEndpoint, kind: str, by: Actor, now: datetime
) -> WebhookDelivery:
    """A made-up event for this endpoint alone: the caller sends it. It is tried once.

    Raises EndpointOff.
    """
    _check_is_on(endpoint)
    ref = event_ref(partner_id=endpoint.partner_id, fact=f"sample:{new_ref(16)}")
    event = WebhookEvent.objects.create(
        partner_id=endpoint.partner_id,
        ref=ref,
        kind=kind,
        data=sample_of(kind),
        is_test=True,
        at=now,
    )
    row = _draft(endpoint, event, now=now)
    row.save()
    audit.record(by=by, action="webhook.tried", target=endpoint.ref, now=now)
    return row


def _draft(endpoint: WebhookEndpoint, event: WebhookEvent, *, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint=endpoint, event=event, ref=f"dlv_{new_ref(16)}", next_at=now, lease_until=now
    )


def _check_is_on(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != EndpointState.ACTIVE:
        raise EndpointOff(_("This endpoint is disabled. Make it active first."))


def _move_back(rows: list[WebhookDelivery], *, now: datetime) -> None:
    """To be sent now, and as often as at first. What is being sent just now is sent again when that
    one's lease is over: his fence is not the row's any more, and he records nothing."""
    WebhookDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=DeliveryState.PENDING, tries=0, next_at=now, fence=F("fence") + 1, delivered_at=None
    )

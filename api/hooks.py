"""Webhooks as the API tells them: endpoints, events, deliveries."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.shapes import titled
from channels import services as channels
from channels.selectors import get_delivery
from channels.types import NewEndpoint, Replayed, Seat
from core.moments import written
from core.scope import tenant_atomic

if TYPE_CHECKING:
    from channels.models import WebhookDelivery, WebhookEndpoint, WebhookEvent


def endpoint_body(*, endpoint: "WebhookEndpoint") -> dict[str, Any]:
    return {
        **titled("webhook_endpoint"),
        "ref": endpoint.ref,
        "url": endpoint.url,
        "events": endpoint.kinds,
        "state": endpoint.state,
        "disabled_by": endpoint.reason or None,
        "failing_since": written(endpoint.failing_since),
        "old_secret_until": written(endpoint.old_secret_until),
        "created_at": written(endpoint.made_at),
    }


def removed_body(*, ref: str) -> dict[str, Any]:
    return {**titled("webhook_endpoint"), "ref": ref, "deleted": True}


def with_secret(body: dict[str, Any], new: NewEndpoint) -> dict[str, Any]:
    """For the answer that makes the secret: no other shows it."""
    return body | {"secret": new.secret.reveal()}


def event_bodies(events: "Sequence[WebhookEvent]") -> list[dict[str, Any]]:
    return [channels.event_body(event=event) for event in events]


def delivery_body(*, delivery: "WebhookDelivery") -> dict[str, Any]:
    return {
        **titled("webhook_delivery"),
        "ref": delivery.ref,
        "endpoint": delivery.endpoint.ref,
        "event": delivery.event.ref,
        "type": delivery.event.kind,
        "is_test": delivery.event.is_test,
        "state": delivery.state,
        "tries": delivery.tries,
        "next_try_at": written(delivery.next_at) if delivery.is_waiting else None,
        "last_try_at": written(delivery.last_at),
        "last_status": delivery.last_status,
        "last_error": delivery.error_told or None,
        "last_ms": delivery.last_ms,
        "last_answer": delivery.answer or None,
        "delivered_at": written(delivery.delivered_at),
    }


def replay_body(*, endpoint_ref: str, replayed: Replayed) -> dict[str, Any]:
    """`next_since`: more is there than goes at once; ask again with it as “since”."""
    return {
        **titled("replay"),
        "endpoint": endpoint_ref,
        "count": replayed.count,
        "has_more": replayed.next_since is not None,
        "next_since": written(replayed.next_since),
    }


def deliver_sample(*, seat: Seat, ref: str, now: datetime) -> dict[str, Any]:
    """Send it and tell what came back; in no transaction."""
    with tenant_atomic():
        row = get_delivery(partner_id=seat.partner_id, ref=ref)
    channels.send_now(delivery_id=row.pk, endpoint_id=row.endpoint_id, now=now)
    with tenant_atomic():
        return delivery_body(delivery=get_delivery(partner_id=seat.partner_id, ref=ref))

"""What goes over the wire: the body, and the signatures of the Standard Webhooks specification.

The body is the same bytes at each try, and to each endpoint.
"""

import json
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from channels.models import (
    ENDPOINT_OLD_SECRET,
    ENDPOINT_SECRET,
    WebhookEndpoint,
    WebhookEvent,
)
from core.crypto import unseal
from core.moments import written
from core.secrets import Secret
from tenants.selectors import is_sandbox


def event_body(*, event: WebhookEvent) -> dict[str, Any]:
    """An event as the partner is told it, by webhook and in the list of events alike."""
    return {
        "object": "event",
        "livemode": not is_sandbox(),
        "id": event.ref,
        "type": event.kind,
        "created_at": written(event.at),
        "is_test": event.is_test,
        "data": event.data,
    }


def text_of(event: WebhookEvent) -> str:
    said = event_body(event=event)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> tuple[Secret, ...]:
    """What signs now: after a rotation, for a while, the secret before as well."""
    found = [unseal(bytes(endpoint.secret), place=ENDPOINT_SECRET, uid=endpoint.uid)]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > now:
        old = bytes(endpoint.old_secret)
        found.append(unseal(old, place=ENDPOINT_OLD_SECRET, uid=endpoint.uid))
    return tuple(Secret(text) for text in found)


def headers_of(
    *, event_ref: str, body: str, signed_by: tuple[Secret, ...], now: datetime
) -> dict[str, str]:
    at = now.astimezone(UTC)
    signatures = [Webhook(one.reveal()).sign(event_ref, at, body) for one in signed_by]
    return {
        "Content-Type": "application/json",
        "webhook-id": event_ref,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }

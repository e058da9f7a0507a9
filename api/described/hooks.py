"""Webhooks in the API's description: their operations, examples, and what is sent."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework.serializers import Serializer

from api import hook_schemas as shapes
from api.described.operation import Operation
from api.event_schemas import DATA
from api.queries import DeliveriesAsked, EventsAsked
from channels import errors as channels
from channels.services.webhooks.samples import sample_of
from channels.states import EventKind
from core.states import MoveRefused

AT = "2026-11-28T08:00:00.000Z"
REF = "we_7KQ4MXW2PD9HACRT"
SCHEMAS = "#/components/schemas/"
EVENT = "evt_4f1d0a6c92b87e35d1a0"
_ENDPOINT = {
    "object": "webhook_endpoint",
    "livemode": True,
    "ref": REF,
    "url": "https://shop.example.com/webhooks",
    "events": ["order.completed", "unit.refunded"],
    "state": "active",
    "disabled_by": None,
    "failing_since": None,
    "old_secret_until": None,
    "created_at": AT,
}
_WITH_SECRET = _ENDPOINT | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
_EVENT = {
    "object": "event",
    "livemode": True,
    "id": EVENT,
    "type": "order.completed",
    "created_at": AT,
    "is_test": False,
    "data": sample_of(EventKind.ORDER_COMPLETED),
}
_DELIVERY = {
    "object": "webhook_delivery",
    "livemode": True,
    "ref": "dlv_9HACRTVWXYZ23467",
    "endpoint": REF,
    "event": EVENT,
    "type": "order.completed",
    "is_test": False,
    "state": "failed",
    "tries": 2,
    "next_try_at": AT,
    "last_try_at": AT,
    "last_status": 503,
    "last_error": "http_503",
    "last_ms": 87,
    "last_answer": "Service unavailable",
    "delivered_at": None,
}


def _page(thing: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "list",
        "data": [thing],
        "has_more": True,
        "next": "c3f0a91d27be845c60d1f7e2298ab5c44",
    }


HOOK_ANSWERS: Mapping[type[Serializer], dict[str, Any]] = {
    shapes.Endpoint: _ENDPOINT,
    shapes.EndpointPage: _page(_ENDPOINT),
    shapes.EndpointWithSecret: _WITH_SECRET,
    shapes.RemovedEndpoint: {
        "object": "webhook_endpoint",
        "livemode": True,
        "ref": REF,
        "deleted": True,
    },
    shapes.EventPage: _page(_EVENT),
    shapes.Delivery: _DELIVERY,
    shapes.DeliveryPage: _page(_DELIVERY),
    shapes.Replay: {
        "object": "replay",
        "livemode": True,
        "endpoint": REF,
        "count": 12,
        "has_more": False,
        "next_since": None,
    },
}
HOOK_BODIES: Mapping[str, dict[str, Any]] = {
    "makeWebhookEndpoint": {"url": "https://shop.example.com/webhooks", "events": []},
    "changeWebhookEndpoint": {"state": "active"},
    "rotateWebhookSecret": {},
    "sendTestEvent": {"type": "unit.delivered"},
    "replayEvents": {"since": AT},
    "retryDelivery": {},
}
HOOK_OPERATIONS: Mapping[str, Operation] = {
    "GET Endpoints": Operation(
        id="listWebhookEndpoints",
        tag="webhooks",
        summary=_("Where you are told"),
        answers={200: shapes.EndpointPage},
        is_paged=True,
    ),
    "POST Endpoints": Operation(
        id="makeWebhookEndpoint",
        tag="webhooks",
        summary=_("Be told at an address"),
        text=_("The secret is in this answer and in no other. Verify every call with it."),
        answers={201: shapes.EndpointWithSecret},
        refuses=(channels.TooManyEndpoints,),
    ),
    "GET OneEndpoint": Operation(
        id="getWebhookEndpoint",
        tag="webhooks",
        summary=_("One endpoint"),
        answers={200: shapes.Endpoint},
    ),
    "PATCH OneEndpoint": Operation(
        id="changeWebhookEndpoint",
        tag="webhooks",
        summary=_("Change an endpoint, or switch it off and on"),
        text=_("What waits is sent to the new address, and when it is on again."),
        answers={200: shapes.Endpoint},
    ),
    "DELETE OneEndpoint": Operation(
        id="removeWebhookEndpoint",
        tag="webhooks",
        summary=_("Remove an endpoint"),
        answers={200: shapes.RemovedEndpoint},
    ),
    "POST RotateSecret": Operation(
        id="rotateWebhookSecret",
        tag="webhooks",
        summary=_("A new secret"),
        text=_("For 24 hours the old one signs beside it."),
        answers={200: shapes.EndpointWithSecret},
    ),
    "POST Samples": Operation(
        id="sendTestEvent",
        tag="webhooks",
        summary=_("Send a made-up event now"),
        text=_("Signed as all are, and tried once. The answer tells what came back."),
        answers={200: shapes.Delivery},
        refuses=(channels.EndpointOff,),
    ),
    "POST Replays": Operation(
        id="replayEvents",
        tag="webhooks",
        summary=_("Send the events of a time again"),
        text=_("Under their old ids, the oldest first, a thousand at once; 30 days back."),
        answers={200: shapes.Replay},
        refuses=(channels.EndpointOff,),
    ),
    "GET Events": Operation(
        id="listEvents",
        tag="webhooks",
        summary=_("What there was to tell you"),
        text=_("Of the last 30 days, the newest first."),
        answers={200: shapes.EventPage},
        is_paged=True,
        query=EventsAsked,
    ),
    "GET Deliveries": Operation(
        id="listDeliveries",
        tag="webhooks",
        summary=_("How each event got to each endpoint"),
        text=_("The newest first."),
        answers={200: shapes.DeliveryPage},
        is_paged=True,
        query=DeliveriesAsked,
    ),
    "POST Retry": Operation(
        id="retryDelivery",
        tag="webhooks",
        summary=_("Send one event to one endpoint again"),
        answers={200: shapes.Delivery},
        refuses=(channels.EndpointOff, MoveRefused),
    ),
}


def sent() -> dict[str, Any]:
    """The part `webhooks` of the document: what a partner's own server is called with."""
    return {kind: {"post": _sent(EventKind(kind))} for kind in EventKind.values}


def _sent(kind: EventKind) -> dict[str, Any]:
    own = {"type": {"const": kind.value}, "data": {"$ref": f"{SCHEMAS}{DATA[kind].__name__}"}}
    shape = {"allOf": [{"$ref": f"{SCHEMAS}Event"}, {"type": "object", "properties": own}]}
    example = _EVENT | {"type": kind.value, "data": sample_of(kind)}
    words = kind.value.replace("_", ".").split(".")
    return {
        "operationId": f"on{''.join(word.title() for word in words)}",
        "tags": ["webhooks"],
        "summary": str(kind.label),
        "parameters": [_header(name) for name in ("id", "timestamp", "signature")],
        "requestBody": {
            "content": {"application/json": {"schema": shape, "example": example}},
            "required": True,
        },
        "responses": {"2XX": {"description": _now("Heard. Anything else is tried again.")}},
    }


def _header(name: str) -> dict[str, Any]:
    return {
        "name": f"webhook-{name}",
        "in": "header",
        "required": True,
        "schema": {"type": "string"},
    }

"""Webhooks: where a partner is told, what there was to tell, and how it got there."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import hooks
from api.fields import Choice, Shape, Text
from api.paging import page_of
from api.shapes import as_json
from api.types import Answer
from api.views.base import PartnerView
from channels import services as channels
from channels.selectors import deliveries_of, endpoints_of, events_of, get_delivery, get_endpoint
from channels.states import EndpointState, EventKind, KeyScope
from channels.types import EndpointTerms
from core.addresses import LONGEST_URL, url_pattern

if TYPE_CHECKING:
    from channels.models import WebhookDelivery, WebhookEndpoint

DELIVERY_BY = {"endpoint": "endpoint__ref", "event": "event__ref", "state": "state"}
ON_OFF = [EndpointState.ACTIVE, EndpointState.DISABLED]


def _kinds(**options: Any) -> serializers.ListField:
    """Event types; none: all of them."""
    kind = Choice(choices=EventKind.values)
    return serializers.ListField(child=kind, max_length=len(EventKind), **options)


@extend_schema_field({"type": "string", "pattern": url_pattern(), "maxLength": LONGEST_URL})
class Address(Text):
    """Judged by who keeps it."""


class Endpoints(PartnerView):
    """POST makes one; its secret is in the answer and nowhere else."""

    needs = {"GET": KeyScope.WEBHOOKS, "POST": KeyScope.WEBHOOKS}

    class Input(Shape):
        url = Address(max_length=LONGEST_URL)
        events = _kinds(default=list)

    def get(self, request: Request) -> Response:
        return Response(page_of(request, endpoints_of(partner_id=self.seat.partner_id), _endpoints))

    def post(self, request: Request) -> Response:
        given = self.validated(self.Input)
        terms = EndpointTerms(url=given["url"], kinds=tuple(given["events"]))
        partner_id = self.seat.partner_id
        new = channels.make_endpoint(
            partner_id=partner_id, terms=terms, by=self.seat.actor, now=self.now
        )
        endpoint = get_endpoint(partner_id=partner_id, ref=new.ref)
        body = hooks.with_secret(hooks.endpoint_body(endpoint=endpoint), new)
        return Response(body, status=201)


class OneEndpoint(PartnerView):
    needs = dict.fromkeys(("GET", "PATCH", "DELETE"), KeyScope.WEBHOOKS)

    class Input(Shape):
        url = Address(max_length=LONGEST_URL, required=False)
        events = _kinds(required=False)
        state = Choice(choices=ON_OFF, required=False)

    def get(self, request: Request, ref: str) -> Response:
        return Response(hooks.endpoint_body(endpoint=self._named(ref)))

    def patch(self, request: Request, ref: str) -> Response:
        given = self.validated(self.Input)
        state, kinds = given.get("state"), given.get("events")
        terms = EndpointTerms(
            url=given.get("url"),
            kinds=None if kinds is None else tuple(kinds),
            is_active=None if state is None else state == EndpointState.ACTIVE,
        )
        changed = channels.change_endpoint(
            endpoint_id=self._named(ref).pk, terms=terms, by=self.seat.actor, now=self.now
        )
        return Response(hooks.endpoint_body(endpoint=changed))

    def delete(self, request: Request, ref: str) -> Response:
        found = self._named(ref)
        channels.remove_endpoint(endpoint_id=found.pk, by=self.seat.actor, now=self.now)
        return Response(hooks.removed_body(ref=ref))

    def _named(self, ref: str) -> "WebhookEndpoint":
        return get_endpoint(partner_id=self.seat.partner_id, ref=ref)


class RotateSecret(PartnerView):
    """A new secret; for a day both sign."""

    needs = {"POST": KeyScope.WEBHOOKS}

    class Input(Shape):
        pass

    def post(self, request: Request, ref: str) -> Response:
        self.validated(self.Input)
        found = get_endpoint(partner_id=self.seat.partner_id, ref=ref)
        new = channels.rotate_secret(endpoint_id=found.pk, by=self.seat.actor, now=self.now)
        found.refresh_from_db()
        return Response(hooks.with_secret(hooks.endpoint_body(endpoint=found), new))


class Samples(PartnerView):
    """Send a made-up event now, signed as all are, and tell what came back."""

    needs = {"POST": KeyScope.WEBHOOKS}

    class Input(Shape):
        type = Choice(choices=EventKind.values, default=EventKind.ORDER_COMPLETED)

    def post(self, request: Request, ref: str) -> Response:
        given = self.validated(self.Input)
        found = get_endpoint(partner_id=self.seat.partner_id, ref=ref)
        made = channels.make_sample(
            endpoint=found, kind=given["type"], by=self.seat.actor, now=self.now
        )
        self.outside = partial(self._sent, made.ref)
        return Response()

    def _sent(self, ref: str) -> HttpResponseBase:
        body = hooks.deliver_sample(seat=self.seat, ref=ref, now=self.now)
        return Answer(status=200, body=as_json(body)).response()


class Events(PartnerView):
    """What there was to tell in the last thirty days, the newest first."""

    needs = {"GET": KeyScope.WEBHOOKS}

    def get(self, request: Request) -> Response:
        found = events_of(partner_id=self.seat.partner_id)
        asked = self.narrowed()
        if "type" in asked:
            found = found.filter(kind=asked["type"])
        return Response(page_of(request, found, hooks.event_bodies))


class Replays(PartnerView):
    """Send an endpoint everything of a time once more; the ids are the same."""

    needs = {"POST": KeyScope.WEBHOOKS}

    class Input(Shape):
        since = serializers.DateTimeField()
        until = serializers.DateTimeField(required=False)

    def post(self, request: Request, ref: str) -> Response:
        given = self.validated(self.Input)
        found = get_endpoint(partner_id=self.seat.partner_id, ref=ref)
        until = given.get("until", self.now)
        sent = channels.replay_events(
            endpoint=found, since=given["since"], until=until, by=self.seat.actor, now=self.now
        )
        return Response(hooks.replay_body(endpoint_ref=found.ref, replayed=sent))


class Deliveries(PartnerView):
    """How each event got to each endpoint, the newest first."""

    needs = {"GET": KeyScope.WEBHOOKS}

    def get(self, request: Request) -> Response:
        found = deliveries_of(partner_id=self.seat.partner_id)
        asked = {DELIVERY_BY[name]: value for name, value in self.narrowed().items()}
        return Response(page_of(request, found.filter(**asked), _deliveries))


class Retry(PartnerView):
    """Send one delivery again, also one that had arrived."""

    needs = {"POST": KeyScope.WEBHOOKS}

    class Input(Shape):
        pass

    def post(self, request: Request, ref: str) -> Response:
        self.validated(self.Input)
        found = get_delivery(partner_id=self.seat.partner_id, ref=ref)
        again = channels.retry_delivery(delivery_id=found.pk, by=self.seat.actor, now=self.now)
        return Response(hooks.delivery_body(delivery=again))


def _endpoints(found: "Sequence[WebhookEndpoint]") -> list[dict[str, Any]]:
    return [hooks.endpoint_body(endpoint=one) for one in found]


def _deliveries(found: "Sequence[WebhookDelivery]") -> list[dict[str, Any]]:
    return [hooks.delivery_body(delivery=one) for one in found]

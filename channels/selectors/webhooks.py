"""Where partners are told, what there was to tell, and how it got there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from channels.models import Door, PartnerShelf, WebhookDelivery, WebhookEndpoint, WebhookEvent
from channels.states import (
    DELIVERY_DUE,
    GAVE_UP,
    DeliveryState,
    DoorKind,
    EndpointState,
    EventKind,
)
from channels.types import Hook
from core.errors import NotFound

GAVE_UP_ON = Q(state=EndpointState.DISABLED, reason__in=sorted(GAVE_UP))
DAY, TRIED_FOR = timedelta(days=1), timedelta(days=4)  # an event is tried for 80 hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Of an endpoint: how many of the last day's events were tried and how many arrived, and when
    it was last tried at all."""

    tried: int = 0
    arrived: int = 0
    last_at: datetime | None = None


def endpoints_of(*, partner_id: int) -> "QuerySet[WebhookEndpoint]":
    """The partner's endpoints, the newest first."""
    found = WebhookEndpoint.objects.filter(partner_id=partner_id)
    return found.exclude(state=EndpointState.REMOVED).order_by("-pk")


def get_endpoint(*, partner_id: int, ref: str) -> WebhookEndpoint:
    """Raises NotFound."""
    found = endpoints_of(partner_id=partner_id).filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def count_given_up() -> int:
    """Endpoints that nobody switched off, and that are told nothing any more."""
    return WebhookEndpoint.objects.filter(GAVE_UP_ON).count()


def traffic_of(*, partner_id: int, now: datetime) -> dict[int, Traffic]:
    """Of each of the partner's endpoints that was ever tried; samples are not counted.

    By the events of the last days, so that a long history costs nothing; what is older than they
    are tells only when the endpoint was tried.
    """
    recent = WebhookDelivery.objects.filter(
        event__partner_id=partner_id, event__at__gte=now - TRIED_FOR, last_at__isnull=False
    ).order_by()
    of_today = Q(event__at__gte=now - DAY, event__is_test=False)
    sums = recent.values_list("endpoint_id").annotate(
        tried=Count("pk", filter=of_today),
        arrived=Count("pk", filter=of_today & Q(state=DeliveryState.DELIVERED)),
        last_at=Max("last_at"),
    )
    found = {
        pk: Traffic(tried=tried, arrived=arrived, last_at=last_at)
        for pk, tried, arrived, last_at in sums
    }
    newest = WebhookDelivery.objects.filter(
        tenant_id=OuterRef("tenant_id"), endpoint_id=OuterRef("pk"), last_at__isnull=False
    ).order_by("-pk")
    ever = endpoints_of(partner_id=partner_id).annotate(
        last_at=Subquery(newest.values("last_at")[:1])
    )
    before = ever.exclude(last_at=None).values_list("pk", "last_at")
    return {pk: Traffic(last_at=last_at) for pk, last_at in before} | found


def count_waiting(*, endpoint_id: int) -> int:
    """Deliveries that are to be sent, now or later."""
    due = WebhookDelivery.objects.filter(endpoint_id=endpoint_id, state__in=sorted(DELIVERY_DUE))
    return due.count()


def hooks_of(*, partner_id: int) -> tuple[Hook, ...]:
    """The partner's endpoints, for who has something to tell."""
    found = endpoints_of(partner_id=partner_id).values_list("pk", "state", "kinds")
    return tuple(
        Hook(endpoint_id=pk, is_active=state == EndpointState.ACTIVE, kinds=frozenset(kinds))
        for pk, state, kinds in found
    )


def events_of(*, partner_id: int) -> "QuerySet[WebhookEvent]":
    """What the partner was told or would have been, the newest first."""
    return WebhookEvent.objects.filter(partner_id=partner_id).order_by("-pk")


def deliveries_of(*, partner_id: int) -> "QuerySet[WebhookDelivery]":
    """The partner's, the newest first, with event and endpoint."""
    mine = endpoints_of(partner_id=partner_id).order_by().values("pk")
    found = WebhookDelivery.objects.filter(endpoint_id__in=mine)
    return found.select_related("endpoint", "event").order_by("-pk")


def get_delivery(*, partner_id: int, ref: str) -> WebhookDelivery:
    """Raises NotFound."""
    found = deliveries_of(partner_id=partner_id).filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def known_events(*, refs: Iterable[str]) -> set[str]:
    """Those of the events that are recorded already."""
    return set(WebhookEvent.objects.filter(ref__in=list(refs)).values_list("ref", flat=True))


def due_endpoints(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, endpoint) with something to send, across tenants: for the sweeper.

    By endpoint, not by delivery: a dead one's backlog is one line here, as long as it may be.
    """
    due = WebhookDelivery.objects.using("ops").filter(
        tenant_id=OuterRef("tenant_id"),
        endpoint_id=OuterRef("pk"),
        state__in=sorted(DELIVERY_DUE),
        next_at__lte=now,
        lease_until__lte=now,
    )
    told = WebhookEndpoint.objects.using("ops").filter(Exists(due), state=EndpointState.ACTIVE)
    return list(told.order_by("pk").values_list("tenant_id", "pk")[:limit])


def price_changes(*, partner_id: int, since: datetime) -> "QuerySet[WebhookEvent]":
    """What has another price for the partner than before, the latest first."""
    found = WebhookEvent.objects.filter(partner_id=partner_id, at__gte=since, is_test=False)
    return found.filter(kind=EventKind.PRICE_CHANGED).order_by("-at", "-pk")


def due_partner_shelves(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, shelf) of partners whose goods are to be looked at, across tenants: somebody is
    told, or asks by a Kasushou door."""
    told = WebhookEndpoint.objects.using("ops").filter(
        tenant_id=OuterRef("tenant_id"),
        partner_id=OuterRef("partner_id"),
        state=EndpointState.ACTIVE,
    )
    asks = Door.objects.using("ops").filter(
        tenant_id=OuterRef("tenant_id"),
        partner_id=OuterRef("partner_id"),
        kind=DoorKind.KASUSHOU,
        closed_at=None,
    )
    looked = Exists(told) | Exists(asks)
    due = PartnerShelf.objects.using("ops").filter(looked, next_at__lte=now)
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])

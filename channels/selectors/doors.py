"""Who stands at a door, what came in by it, and what its platform is still to be told."""

import json
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from catalog.states import Channel
from channels.models import DOOR_SECRETS, Door, DoorComplaint, DoorOrder, DoorRefusal, DoorWatch
from channels.selectors.partners import tier_of
from channels.states import DoorKind, KeyScope, PartnerState
from channels.types import DoorSeat, DoorSecrets, Seat
from core.crypto import unseal
from core.errors import NotFound
from core.scope import tenant_atomic
from core.secrets import Secret
from orders.selectors import answers
from orders.states import ENDED, CaseState
from tenants.selectors import shop_address

# What a protocol's addresses begin with, below its door's.
ROOTS = {
    DoorKind.AGISO: "/agisoAcprSupplierApi/",
    DoorKind.GOOFISH: "/goofish",
    DoorKind.KASUSHOU: "",
}
# Who brings several marketplaces does not say from which one an order is: all of them are Taobao's
# or its rivals', and an offer that may not be sold at Taobao is meant for none of them.
CHANNELS = {
    DoorKind.AGISO: Channel.TAOBAO,
    DoorKind.GOOFISH: Channel.TAOBAO,
    DoorKind.KASUSHOU: Channel.API,
}


def get_door(*, uid: UUID, kind: str, now: datetime) -> DoorSeat:
    """An open door of this kind; raises NotFound, for another shop's too."""
    found = Door.objects.filter(uid=uid, kind=kind, closed_at=None)
    door = found.select_related("partner__tier").first()
    if door is None:
        raise NotFound
    return door_seat(door, now=now)


def door_seat(door: Door, *, now: datetime) -> DoorSeat:
    return DoorSeat(
        door_id=door.pk,
        uid=door.uid,
        kind=door.kind,
        app_id=door.app_id,
        merchant_id=door.merchant_id,
        secrets=_secrets(door, now=now),
        hosts=tuple(door.hosts),
        options=door.options,
        seat=_seat(door),
        is_suspended=door.partner.state != PartnerState.ACTIVE,
    )


def _secrets(door: Door, *, now: datetime) -> tuple[DoorSecrets, ...]:
    kept = json.loads(unseal(bytes(door.secrets), place=DOOR_SECRETS, uid=door.uid))
    is_old_good = door.old_until is not None and door.old_until > now
    pairs = kept if is_old_good else kept[:1]
    return tuple(DoorSecrets(app=Secret(app), merchant=Secret(own)) for app, own in pairs)


def _seat(door: Door) -> Seat:
    """The partner as if he had called with a key: who may call is the door's own question."""
    partner = door.partner
    return Seat(
        partner_id=partner.pk,
        partner_ref=partner.ref,
        partner_name=partner.name,
        account_id=partner.account_id,
        tier_id=partner.tier_id,
        tier=tier_of(partner=partner),
        sells_all=partner.sells_all,
        daily_limit_e4=partner.daily_limit_e4,
        loss_guard=partner.loss_guard,
        most_per_second=partner.most_per_second,
        key_id=0,
        key_hint=door.kind,
        scopes=frozenset({KeyScope.ORDERS_READ}),  # every door may be asked for its orders
        networks=tuple(door.networks),
        version="",
        last_used_at=door.last_used_at,
        channel=CHANNELS[DoorKind(door.kind)].value,
    )


def door_address(*, uid: UUID, kind: str) -> str:
    """What is entered at the platform: the protocol adds its own words to it."""
    return shop_address(path=f"/door/{uid}{ROOTS[DoorKind(kind)]}")


def doors_of(*, partner_id: int) -> "QuerySet[Door]":
    """The partner's doors, the newest first, closed ones included."""
    return Door.objects.filter(partner_id=partner_id).order_by("-pk")


def has_door(*, partner_id: int, kind: DoorKind) -> bool:
    """Whether one of these is open for the partner."""
    return Door.objects.filter(partner_id=partner_id, kind=kind, closed_at=None).exists()


def refusals_at(*, door_id: int) -> "QuerySet[DoorRefusal]":
    """Calls that were not the platform's, the latest first."""
    return DoorRefusal.objects.filter(door_id=door_id).order_by("-last_at")


def find_door_order(
    *, door_id: int, order_no: str = "", partner_order_no: str = "", number: str = ""
) -> DoorOrder | None:
    """What came in by the door under one of these: the platform's number, the one that keeps it
    from being bought twice, ours. Those that are not given are not asked for."""
    named = Q(order_no=order_no) if order_no else Q()
    if partner_order_no:
        named |= Q(sale__partner_order_no=partner_order_no)
    if number:
        named |= Q(sale__order__number=number)
    if not named:
        return None
    found = DoorOrder.objects.filter(named, door_id=door_id)
    return found.select_related("sale__order").order_by("pk").first()


@tenant_atomic
def door_of_order(*, door_order_id: int) -> int:
    return DoorOrder.objects.values_list("door_id", flat=True).get(pk=door_order_id)


@tenant_atomic
def door_of_complaint(*, complaint_id: int) -> int:
    return DoorComplaint.objects.values_list("door_id", flat=True).get(pk=complaint_id)


@tenant_atomic
def door_of_watch(*, watch_id: int) -> int:
    """0 where the wish was taken back."""
    found = DoorWatch.objects.filter(pk=watch_id).values_list("door_id", flat=True)
    return found.first() or 0


def get_door_order(*, door_order_id: int) -> DoorOrder:
    return DoorOrder.objects.select_related("sale__order").get(pk=door_order_id)


def get_door_complaint(*, complaint_id: int) -> DoorComplaint:
    return DoorComplaint.objects.select_related("case__order").get(pk=complaint_id)


def get_watch(*, watch_id: int) -> DoorWatch:
    return DoorWatch.objects.select_related("sku__product").get(pk=watch_id)


def watches_of(*, door_id: int) -> "QuerySet[DoorWatch]":
    found = DoorWatch.objects.filter(door_id=door_id).select_related("sku__product")
    return found.order_by("pk")


def due_door_orders(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, order by a door) whose end is to be told, across tenants: for the sweeper."""
    due = DoorOrder.objects.using("ops").filter(
        next_at__lte=now,
        lease_until__lte=now,
        door__closed_at=None,
        sale__order__state__in=sorted(ENDED),
    )
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])


def due_door_complaints(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, complaint by a door) whose end is to be told, or that the shop has asked its
    supplier or answered; across tenants: for the sweeper."""
    own = {"tenant_id": OuterRef("tenant_id"), "case_id": OuterRef("case_id")}
    is_at_it = Q(case__state=CaseState.WAITING_SUPPLIER) | Exists(answers().filter(**own))
    due = DoorComplaint.objects.using("ops").filter(
        Q(case__ended_at__isnull=False) | Q(is_at_it, is_begun_told=False),
        next_at__lte=now,
        lease_until__lte=now,
        door__closed_at=None,
    )
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])


def due_door_watches(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, watch) with news for its platform, across tenants: for the sweeper."""
    due = DoorWatch.objects.using("ops").filter(
        next_at__lte=now, lease_until__lte=now, door__closed_at=None
    )
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])


def due_doors(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, door) whose watched goods are to be looked at, across tenants: for the sweeper."""
    due = Door.objects.using("ops").filter(look_at__lte=now, closed_at=None)
    return list(due.order_by(F("look_at")).values_list("tenant_id", "pk")[:limit])

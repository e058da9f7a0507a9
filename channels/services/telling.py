"""What platforms are told: claimed under a lease, said outside of any transaction, recorded."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from channels.errors import TooManyWatched
from channels.models import Door, DoorComplaint, DoorOrder, DoorWatch, Telling
from channels.selectors.doors import door_seat
from channels.types import DoorSeat, TellingLease
from core.scope import tenant_atomic

if TYPE_CHECKING:
    from channels.models import PartnerOrder

LEASE = timedelta(seconds=30)  # longer than a call can take
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 21  # over three days
LOOK_EVERY = timedelta(minutes=1)
MOST_WATCHED, MOST_WATCHED_OF_ONE = 5_000, 10  # by a door, and of these of one SKU


@tenant_atomic
def note_door_order(
    *,
    door: DoorSeat,
    sale: "PartnerOrder",
    order_no: str,
    notify_url: str,
    has_ended: bool,
    now: datetime,
) -> DoorOrder:
    """Name a sale by the platform's number. What `has_ended` is told in the answer."""
    waits = bool(notify_url) and not has_ended
    return DoorOrder.objects.create(
        door_id=door.door_id,
        sale=sale,
        order_no=order_no,
        notify_url=notify_url,
        next_at=now if waits else None,
        lease_until=now,
        told_at=now if has_ended else None,
    )


@tenant_atomic
def note_door_complaint(*, door: DoorSeat, case_id: int, notify_url: str, now: datetime) -> None:
    """Tell there that the shop is at it, and the end of the case."""
    DoorComplaint.objects.create(
        door_id=door.door_id, case_id=case_id, notify_url=notify_url, next_at=now, lease_until=now
    )


@tenant_atomic
def watch(
    *, door: DoorSeat, sku_id: int, who: str, notify_url: str, told: str, now: datetime
) -> None:
    """Tell the platform when the SKU is not any more what it is `told` now; twice is once.

    Raises TooManyWatched: all of a door's wishes are looked at once a minute.
    """
    wish: dict[str, Any] = {"sku_id": sku_id, "who": who, "notify_url": notify_url}
    mine = DoorWatch.objects.filter(door_id=door.door_id)
    if not mine.filter(**wish).exists():
        of_one = mine.filter(sku_id=sku_id)
        if mine.count() >= MOST_WATCHED or of_one.count() >= MOST_WATCHED_OF_ONE:
            raise TooManyWatched(_("So many goods are watched already that no more can be."))
        fresh = {"told": told, "made_at": now, "lease_until": now}
        DoorWatch.objects.get_or_create(door_id=door.door_id, **wish, defaults=fresh)
    Door.objects.filter(pk=door.door_id, look_at=None).update(look_at=now + LOOK_EVERY)


@tenant_atomic
def unwatch(*, door: DoorSeat, sku_ref: str, who: str = "", notify_url: str = "") -> int:
    """Tell nothing more of the SKU: to nobody, or not to this one. How many wishes that were."""
    found = DoorWatch.objects.filter(door_id=door.door_id, sku__ref=sku_ref)
    if who:
        found = found.filter(who=who)
    if notify_url:
        found = found.filter(notify_url=notify_url)
    return found.delete()[0]


@tenant_atomic
def claim_door(*, door_id: int, now: datetime) -> DoorSeat | None:
    """The door, if its watched goods are to be looked at, for one looker a minute."""
    due = Door.objects.filter(pk=door_id, look_at__lte=now, closed_at=None)
    if due.update(look_at=now + LOOK_EVERY) == 0:
        return None
    if not DoorWatch.objects.filter(door_id=door_id).exists():
        Door.objects.filter(pk=door_id).update(look_at=None)
        return None
    return door_seat(Door.objects.select_related("partner__tier").get(pk=door_id), now=now)


@tenant_atomic
def note_news(*, door_id: int, told: Mapping[int, str], now: datetime) -> None:
    """What each watched SKU would be told as; who was told otherwise is to be told."""
    for row in DoorWatch.objects.filter(door_id=door_id, next_at=None):
        if told.get(row.sku_id, row.told) != row.told:
            DoorWatch.objects.filter(pk=row.pk, next_at=None).update(next_at=now, tries=0)


@tenant_atomic(durable=True)
def claim_door_order(*, door_order_id: int, now: datetime) -> TellingLease | None:
    return _claim(DoorOrder, door_order_id, now=now)


@tenant_atomic(durable=True)
def claim_door_complaint(*, complaint_id: int, now: datetime) -> TellingLease | None:
    return _claim(DoorComplaint, complaint_id, now=now)


@tenant_atomic(durable=True)
def claim_door_watch(*, watch_id: int, now: datetime) -> TellingLease | None:
    return _claim(DoorWatch, watch_id, now=now)


@tenant_atomic(durable=True)
def record_door_order(*, lease: TellingLease, said: str, is_heard: bool, now: datetime) -> None:
    _record(DoorOrder, lease, said=said, is_heard=is_heard, now=now)


@tenant_atomic(durable=True)
def record_door_complaint(
    *, lease: TellingLease, said: str, is_heard: bool, is_end: bool, now: datetime
) -> None:
    """Of what was not the end, the end is still to be told: heard or given up."""
    _record(DoorComplaint, lease, said=said, is_heard=is_heard, now=now)
    if not is_end:
        DoorComplaint.objects.filter(pk=lease.id, fence=lease.fence, next_at=None).update(
            is_begun_told=True, next_at=now, tries=0, told_at=None
        )


@tenant_atomic(durable=True)
def record_door_watch(
    *, lease: TellingLease, said: str, is_heard: bool, told: str, now: datetime
) -> None:
    """`told` is what was sent: what has changed since is the next look's news."""
    more = {"told": told} if is_heard else {}
    _record(DoorWatch, lease, said=said, is_heard=is_heard, now=now, **more)


def _claim(model: type[Telling], pk: int, *, now: datetime) -> TellingLease | None:
    due = model.objects.filter(pk=pk, next_at__lte=now, lease_until__lte=now)
    if due.update(fence=F("fence") + 1, tries=F("tries") + 1, lease_until=now + LEASE) == 0:
        return None
    row = model.objects.select_related("door__partner__tier").get(pk=pk)
    return TellingLease(
        id=row.pk, fence=row.fence, tries=row.tries, door=door_seat(row.door, now=now)
    )


def _record(
    model: type[Telling],
    lease: TellingLease,
    *,
    said: str,
    is_heard: bool,
    now: datetime,
    **more: object,
) -> None:
    """Heard, or to be tried again; after the last try it is not told any more."""
    is_over = is_heard or lease.tries >= MOST_TRIES
    wait = min(FIRST_WAIT * 3 ** min(lease.tries - 1, 10), LONGEST_WAIT)
    model.objects.filter(pk=lease.id, fence=lease.fence).update(
        last_said=said[:80],
        lease_until=now,
        next_at=None if is_over else now + wait,
        **more | ({"told_at": now} if is_heard else {}),
    )

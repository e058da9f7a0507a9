"""What platforms are told of themselves: claimed, said with nothing locked, recorded."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING

import structlog

from api.catalogue import skus_of
from api.doors import agiso_words, goofish_words, kasushou_words
from api.doors.goods import Ware, wares
from api.doors.orders import shown
from channels import services as channels
from channels.selectors import (
    door_of_complaint,
    door_of_order,
    door_of_watch,
    get_door_complaint,
    get_door_order,
    get_watch,
    watches_of,
)
from channels.services.webhooks.hands import hand_for, note_speed
from channels.states import DoorKind
from channels.types import DoorSeat, TellingLease
from core.errors import InvalidInput
from core.failpoints import reach
from core.outward import CallFailed, Outgoing, Patience, call, start_of
from core.scope import tenant_atomic
from orders.selectors import messages_of

if TYPE_CHECKING:
    from channels.models import DoorWatch

PATIENCE = Patience(to_connect=3.0, to_answer=10.0, in_all=12.0)
MOST_HEARD = 4_096
SPEAKERS: dict[str, ModuleType] = {
    DoorKind.AGISO: agiso_words,
    DoorKind.GOOFISH: goofish_words,
    DoorKind.KASUSHOU: kasushou_words,
}
log = structlog.get_logger(__name__)


def tell_door_order(*, door_order_id: int, now: datetime) -> None:
    """Call the platform back with an order that has ended, until it has heard."""
    with _hand_for(door_of_order(door_order_id=door_order_id)) as has_one:
        if has_one:
            _tell_order(door_order_id, now=now)


def _tell_order(door_order_id: int, *, now: datetime) -> None:
    lease = channels.claim_door_order(door_order_id=door_order_id, now=now)
    if lease is None:
        return
    reach("doors.order_claimed")
    said, is_heard = _told(lease, lambda: _order_news(lease, now=now))
    channels.record_door_order(lease=lease, said=said, is_heard=is_heard, now=now)


def tell_door_complaint(*, complaint_id: int, now: datetime) -> None:
    """Tell who complained that the shop is at it, or how it ended it, until he has heard."""
    with _hand_for(door_of_complaint(complaint_id=complaint_id)) as has_one:
        if has_one:
            _tell_complaint(complaint_id, now=now)


def _tell_complaint(complaint_id: int, *, now: datetime) -> None:
    lease = channels.claim_door_complaint(complaint_id=complaint_id, now=now)
    if lease is None:
        return
    reach("doors.complaint_claimed")
    outgoing, is_end = _complaint_news(lease, now=now)
    said, is_heard = _told(lease, lambda: outgoing)
    channels.record_door_complaint(
        lease=lease, said=said, is_heard=is_heard, is_end=is_end, now=now
    )


def tell_door_watch(*, watch_id: int, now: datetime) -> None:
    """Tell the platform what a watched SKU is now, until it has heard."""
    with _hand_for(door_of_watch(watch_id=watch_id)) as has_one:
        if has_one:
            _tell_watch(watch_id, now=now)


def _tell_watch(watch_id: int, *, now: datetime) -> None:
    lease = channels.claim_door_watch(watch_id=watch_id, now=now)
    if lease is None:
        return
    with tenant_atomic(durable=True):
        watch = get_watch(watch_id=lease.id)
        ware = _wares(lease.door, [watch], now=now).get(watch.sku_id)
    speaker = SPEAKERS[lease.door.kind]
    said, is_heard = _told(lease, lambda: speaker.goods_news(lease.door, watch, ware, now=now))
    told = speaker.news(ware)
    channels.record_door_watch(lease=lease, said=said, is_heard=is_heard, told=told, now=now)


@contextmanager
def _hand_for(door_id: int) -> Iterator[bool]:
    """Whether there is a hand for the door: a platform that is slow or away has one, as a partner's
    endpoint has, and holds nobody else up. What finds none waits in its row."""
    door, began = ("door", door_id), time.monotonic()
    with hand_for(door) as has_one:
        yield has_one
    if has_one:
        note_speed(door, seconds=time.monotonic() - began)


@tenant_atomic
def look_at_door(*, door_id: int, now: datetime) -> None:
    """Find out which watched SKUs are not any more what the platform was told."""
    door = channels.claim_door(door_id=door_id, now=now)
    if door is None:
        return
    watches = list(watches_of(door_id=door_id))
    found, news = _wares(door, watches, now=now), SPEAKERS[door.kind].news
    told = {one.sku_id: news(found.get(one.sku_id)) for one in watches}
    channels.note_news(door_id=door_id, told=told, now=now)


def _wares(door: DoorSeat, watches: "list[DoorWatch]", *, now: datetime) -> dict[int, Ware]:
    """Those of the watched SKUs that are on sale for this door, by the SKU."""
    wanted = skus_of(seat=door.seat, now=now).filter(pk__in={one.sku_id for one in watches})
    found = wares(seat=door.seat, skus=list(wanted), now=now)
    return {ware.sku.pk: ware for ware in found}


@tenant_atomic(durable=True)
def _order_news(lease: TellingLease, *, now: datetime) -> Outgoing:
    row = get_door_order(door_order_id=lease.id)
    news: Outgoing = SPEAKERS[lease.door.kind].order_news(
        lease.door, row.notify_url, shown(row), now=now
    )
    return news


@tenant_atomic(durable=True)
def _complaint_news(lease: TellingLease, *, now: datetime) -> tuple[Outgoing | None, bool]:
    """And whether it is the end; complaints are made, and told of, at Kasushou's doors only."""
    row = get_door_complaint(complaint_id=lease.id)
    is_end = row.case.ended_at is not None
    if row.is_begun_told and not is_end:
        return None, False
    said = [one for one in messages_of(case_id=row.case_id) if one.is_answer]
    words = said[-1].text.reveal() if said else ""
    news = kasushou_words.complaint_news(lease.door, row.notify_url, row.case, words, now=now)
    return news, is_end


def _told(lease: TellingLease, news: Callable[[], Outgoing | None]) -> tuple[str, bool]:
    """What came of it in a few words, and whether it was heard; nothing to say is as good."""
    outgoing = news()
    if outgoing is None:
        return "nothing to say", True
    try:
        address = outgoing.url.partition("?")[0]
        channels.check_callback(door=lease.door, url=address, param="notify_url")
        incoming = call(outgoing, patience=PATIENCE, read=start_of(MOST_HEARD))
    except InvalidInput:
        return "not a host of this door", False
    except CallFailed as why:
        return str(why), False
    is_heard = bool(SPEAKERS[lease.door.kind].is_heard(incoming))
    log.info("door_told", kind=lease.door.kind, status=incoming.status, is_heard=is_heard)
    return f"HTTP {incoming.status}", is_heard

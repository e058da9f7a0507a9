"""Saved segments: kept under a name, and counted when somebody wants to know."""

from datetime import datetime

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from analytics.models import SavedSegment
from analytics.selectors.buyers import buyers_of_saved
from analytics.selectors.segments import Like
from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.scope import tenant_atomic
from tenants import audit

MOST_SAVED = 100


@tenant_atomic
def save_segment(*, name: str, like: Like, by: Actor, now: datetime) -> SavedSegment:
    """A name that is there gets these conditions instead. Raises InvalidInput."""
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise InvalidInput(_("Write a name of at most 80 characters."), param="name")
    if not like.as_json:
        raise InvalidInput(_("Choose at least one condition."), param="name")
    others = SavedSegment.objects.exclude(name=name)
    if others.count() >= MOST_SAVED:
        raise InvalidInput(_("There are 100 saved segments: delete one first."), param="name")
    told = {"conditions": like.as_json, "asked_at": now, "counted_at": None, "buyers": None}
    saved, _is_new = SavedSegment.objects.update_or_create(
        name=name, defaults=told | {"net_e4": None}, create_defaults=told | {"made_at": now}
    )
    audit.record(by=by, action="segment.saved", target=name, data=like.as_json, now=now)
    return saved


@tenant_atomic
def ask_for_count(*, segment_id: int, now: datetime) -> None:
    if not SavedSegment.objects.filter(pk=segment_id).update(asked_at=now):
        raise NotFound


@tenant_atomic
def drop_segment(*, segment_id: int, by: Actor, now: datetime) -> None:
    found = SavedSegment.objects.filter(pk=segment_id).first()
    if found is None:
        raise NotFound
    found.delete()
    audit.record(by=by, action="segment.dropped", target=found.name, now=now)


@tenant_atomic
def count_segment(*, segment_id: int, now: datetime) -> None:
    """Unless it was counted since it was asked for."""
    waits = Q(counted_at=None) | Q(counted_at__lt=F("asked_at"))
    saved = SavedSegment.objects.filter(waits, pk=segment_id).select_for_update(no_key=True).first()
    if saved is None:
        return
    rows = buyers_of_saved(saved=saved, now=now)
    saved.buyers = rows.count()
    saved.net_e4 = rows.aggregate(net=Sum("net_e4"))["net"] or 0
    saved.counted_at = max(now, saved.asked_at)
    saved.save(update_fields=["buyers", "net_e4", "counted_at"])

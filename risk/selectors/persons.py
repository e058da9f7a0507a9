"""Who has proven lately to be a person."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from risk.models import Challenge
from risk.selectors.values import digest_of
from risk.states import Trait

KNOWN_FOR = timedelta(minutes=15)
KEPT = timedelta(hours=1)
BATCH = 10_000


def device_digest(device: str) -> bytes:
    return digest_of(Trait.DEVICE, device)


def known_person(*, device: str, now: datetime) -> str:
    """How this browser proved within the last quarter of an hour that a person sits there; empty if
    it did not."""
    if not device:
        return ""
    passed = Challenge.objects.filter(device=device_digest(device), passed_at__gt=now - KNOWN_FOR)
    found = passed.order_by("-passed_at").values_list("way", flat=True).first()
    return found or ""


def due_challenges(*, now: datetime) -> "QuerySet[Challenge]":
    """A batch of those that nobody can answer any more, across tenants."""
    old = Challenge.objects.using("ops").filter(until__lt=now - KEPT).order_by("until")
    return Challenge.objects.using("ops").filter(pk__in=old.values("pk")[:BATCH])

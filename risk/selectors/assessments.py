"""What was looked at."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from risk.models import LINKING, Assessment
from risk.states import Moment, Trait

Digests = dict[str, bytes | str]

KEPT = timedelta(days=90)
BATCH = 10_000
MOST_LOOK_UPS = 20


def digests_of(row: Assessment) -> Digests:
    """Whom a look was about."""
    kept = {trait: getattr(row, trait) for trait in LINKING}
    found: Digests = {trait: bytes(value) for trait, value in kept.items() if value is not None}
    return found | {
        trait: text for trait, text in ((Trait.PARTNER, row.partner), (Trait.SKU, row.sku)) if text
    }


def assessments_of(*, subject: str | OuterRef) -> QuerySet[Assessment]:
    """All looks at one thing, the oldest first; not who looked it up, for that may be anybody."""
    found = Assessment.objects.filter(subject=subject).exclude(moment=Moment.LOOK_UP)
    return found.order_by("pk")


def score_of(*, subject: str) -> int:
    """What the rules that act added up to, in the look that says most."""
    found = assessments_of(subject=subject).aggregate(most=Max("score"))
    return found["most"] or 0


def scores_by(*, subject: str) -> Coalesce:
    """`score_of`, for a queryset whose field `subject` names what was looked at."""
    looks = assessments_of(subject=OuterRef(subject)).order_by().values("subject")
    return Coalesce(Subquery(looks.annotate(most=Max("score")).values("most")), 0)


def look_ups_of(*, subject: str) -> list[Assessment]:
    """The newest on which a rule spoke, the oldest of them first: strangers make as many as they
    like."""
    found = Assessment.objects.filter(subject=subject, moment=Moment.LOOK_UP).exclude(spoken=[])
    return list(found.order_by("-pk")[:MOST_LOOK_UPS])[::-1]


def find_assessment(*, subject: str) -> Assessment | None:
    """The look at an order when it was placed."""
    return Assessment.objects.filter(subject=subject, moment=Moment.ORDER).first()


def find_look(*, moment: str, subject: str, trait: str, digest: bytes) -> Assessment | None:
    """The last look at a thing by the same person."""
    return assessments_of(subject=subject).filter(moment=moment, **{trait: digest}).last()


def known_of_orders(*, subjects: Collection[str], trait: str) -> dict[str, bytes]:
    """The digest of the device that each was placed on, or of who paid it, as far as known."""
    if not subjects:
        return {}
    found = Assessment.objects.filter(
        subject__in=subjects, moment=Moment.ORDER, **{f"{trait}__isnull": False}
    ).values_list("subject", trait)
    return {subject: bytes(digest) for subject, digest in found if digest}


def due_to_forget(*, now: datetime) -> "QuerySet[Assessment]":
    """A batch of the oldest, across tenants."""
    old = Assessment.objects.using("ops").filter(at__lt=now - KEPT).order_by("at")
    return Assessment.objects.using("ops").filter(pk__in=old.values("pk")[:BATCH])

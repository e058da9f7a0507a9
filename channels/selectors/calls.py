"""What a partner's programs called."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from channels.models import ApiCall

MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestCalls:
    """Calls since a moment, of the newest MOST_COUNTED: refused ones (4xx) and broken ones (5xx)
    among them."""

    count: int
    refused: int
    broken: int

    @property
    def are_more(self) -> bool:
        return self.count == MOST_COUNTED


def latest_calls(*, partner_id: int, since: datetime) -> LatestCalls:
    """Counted along the index by number, so that a loud partner's page is as fast as a quiet's."""
    newest = ApiCall.objects.filter(partner_id=partner_id).order_by("-pk")[:MOST_COUNTED]
    mine = ApiCall.objects.filter(pk__in=newest.values("pk"), at__gte=since)
    return LatestCalls(
        **mine.aggregate(
            count=Count("pk"),
            refused=Count("pk", filter=Q(status__gte=400, status__lt=500)),
            broken=Count("pk", filter=Q(status__gte=500)),
        )
    )


def calls_of(*, partner_id: int, wanted: str = "", status: str = "") -> QuerySet[ApiCall]:
    """The newest first; `wanted` is a request id or how an address begins, `status` a number or
    its first digit."""
    found = ApiCall.objects.filter(partner_id=partner_id)
    if wanted.startswith("/"):
        found = found.filter(path__startswith=wanted)
    elif wanted:
        found = found.filter(request_id=wanted)
    if not (status.isascii() and status.isdigit() and len(status) in {1, 3}):
        return found
    low, span = (int(status), 1) if len(status) == 3 else (int(status) * 100, 100)
    return found.filter(status__gte=low, status__lt=low + span)


def find_call(*, partner_id: int, call_id: int) -> ApiCall | None:
    return ApiCall.objects.filter(partner_id=partner_id, pk=call_id).first()

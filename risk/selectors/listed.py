"""Who stands on a list."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from risk.models import ListEntry


def find_listed(*, digests: Mapping[str, bytes], now: datetime) -> set[str]:
    """The lists on which any of these stands, by trait. One query."""
    known = Q()
    for trait, digest in digests.items():
        known |= Q(trait=trait, key=digest)
    if not known:
        return set()
    good = ListEntry.objects.filter(known, plain="").filter(Q(until=None) | Q(until__gt=now))
    return set(good.values_list("listing", flat=True))

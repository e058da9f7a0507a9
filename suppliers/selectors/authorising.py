"""Whether we may sell a brand that we get from a supplier, and until when."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from suppliers.models import Authorisation, Offer, Paper

if TYPE_CHECKING:
    from catalog.models import Brand

ENDS_SOON = timedelta(days=30)
_DAY = timedelta(days=1)


def authorisations_of(*, supplier_id: int) -> list[Authorisation]:
    found = Authorisation.objects.filter(supplier_id=supplier_id).select_related("brand")
    return list(found.order_by("brand__name", "-until", "-pk"))


def find_paper(*, authorisation_id: int) -> Paper | None:
    papers = Paper.objects.select_related("authorisation__supplier", "authorisation__brand")
    return papers.filter(authorisation_id=authorisation_id).first()


def authorised(*, offers: Collection[Offer], day: date) -> frozenset[int]:
    """Those of them, by their keys, that need an authorisation and have one in force on that day.

    Nothing is asked where none of them needs one.
    """
    needing = [offer.pk for offer in offers if offer.needs_authorisation]
    if not needing:
        return frozenset()
    rows = Offer.objects.filter(pk__in=needing)
    wanted = rows.values_list("pk", "supplier_id", "sku__product__brand_id")
    held = Authorisation.objects.filter(since__lte=day, until__gte=day)
    there = set(held.values_list("supplier_id", "brand_id"))
    return frozenset(pk for pk, supplier, brand in wanted if (supplier, brand) in there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """An authorisation that offers in use need: its last day, or None where none is in force."""

    supplier_id: int
    brand: "Brand"
    until: date | None


def authorisations_ending(*, day: date) -> list[Ending]:
    """Those that are missing on that day or end within 30 days of it, the first to end first."""
    offers = Offer.objects.filter(is_on=True, needs_authorisation=True)
    needed = {
        (offer.supplier_id, offer.sku.product.brand_id): offer.sku.product.brand
        for offer in offers.select_related("sku__product__brand")
    }
    if not needed:
        return []
    held = defaultdict(list)
    for one in Authorisation.objects.filter(until__gte=day):
        held[one.supplier_id, one.brand_id].append(one)
    found = [
        Ending(supplier_id=key[0], brand=brand, until=last_day(held[key], day=day))
        for key, brand in needed.items()
    ]
    ending = [one for one in found if one.until is None or one.until - day <= ENDS_SOON]
    return sorted(ending, key=lambda one: (one.until or date.min, one.brand.name, one.supplier_id))


def last_day(held: Iterable[Authorisation], *, day: date) -> date | None:
    """The last day up to which they follow each other without a gap from this one; None if none of
    them is in force on it."""
    last = day - _DAY
    for one in sorted(held, key=lambda one: one.since):
        if one.since <= last + _DAY:
            last = max(last, one.until)
    return last if last >= day else None

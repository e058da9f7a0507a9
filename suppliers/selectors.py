"""Reads of suppliers and their offers: who is to be asked for a SKU, and why."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, time

from django.db.models import QuerySet

from suppliers.models import Offer
from suppliers.types import Choice


def offers_of_sku(*, sku_id: int) -> QuerySet[Offer]:
    return Offer.objects.filter(sku_id=sku_id).select_related("supplier")


def choose_offer(
    *, sku_id: int, most_e4: int, key: str, at: datetime, tried: Iterable[int] = ()
) -> Choice:
    """Who is to be asked for this SKU, and why; nobody, and why nobody.

    `most_e4` is what the shop gets for it: dearer offers are left out. `at` is the merchant's own
    time of day. `key` shares orders out among equals, the same way each time it is asked.
    """
    offers = list(offers_of_sku(sku_id=sku_id).order_by("priority", "cost_e4", "pk"))
    known = frozenset(tried)
    left_out: dict[str, int] = {}
    fit: list[Offer] = []
    for offer in offers:
        if why := _unfit(offer, most_e4=most_e4, at=at.time(), tried=known):
            left_out[why] = left_out.get(why, 0) + 1
        else:
            fit.append(offer)
    said = "".join(f", {count} {why}" for why, count in sorted(left_out.items()))
    if not fit:
        return Choice(offer=None, why=f"0 of {len(offers)}{said}"[:120])
    first = [offer for offer in fit if offer.priority == fit[0].priority]
    chosen = _by_weight(first, key=key)
    why = f"priority {chosen.priority}, 1 of {len(first)} by weight {chosen.weight}{said}"
    return Choice(offer=chosen, why=why[:120])


def _unfit(offer: Offer, *, most_e4: int, at: time, tried: frozenset[int]) -> str:
    reasons = {
        "off": not (offer.is_on and offer.supplier.is_on),
        "tried": offer.pk in tried,
        "too dear": offer.cost_e4 > min(offer.most_e4, most_e4),
        "closed": not _is_open(offer, at),
    }
    return next((why for why, is_so in reasons.items() if is_so), "")


def _is_open(offer: Offer, at: time) -> bool:
    if offer.opens is None or offer.closes is None:
        return True
    if offer.opens <= offer.closes:
        return offer.opens <= at < offer.closes
    return at >= offer.opens or at < offer.closes


def _by_weight(offers: list[Offer], *, key: str) -> Offer:
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    drawn %= sum(offer.weight for offer in offers)
    for offer in offers:
        drawn -= offer.weight
        if drawn < 0:
            return offer
    raise AssertionError("weights are positive")

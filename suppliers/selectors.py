"""Reads of suppliers, their offers and the tries to buy: who is to be asked for a SKU, and why."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, time

from django.db.models import QuerySet

from suppliers.models import Attempt, AttemptMove, Offer
from suppliers.states import NOTHING_BOUGHT
from suppliers.types import Choice

PASSING = frozenset({"closed"})  # reasons that go by themselves


def skus_with_offers(*, prices_e4: Mapping[int, int]) -> set[int]:
    """Those SKUs, of SKU and price, that a supplier would deliver for less: what may be sold."""
    offers = Offer.objects.filter(sku_id__in=list(prices_e4), is_on=True, supplier__is_on=True)
    found = offers.values_list("sku_id", "cost_e4", "most_e4")
    return {sku for sku, cost, most in found if cost <= min(most, prices_e4[sku])}


def find_open_attempt(*, unit_id: int) -> Attempt | None:
    """The one try that may have bought the thing, or is about to."""
    tries = Attempt.objects.filter(unit_id=unit_id).exclude(state__in=NOTHING_BOUGHT)
    return tries.select_related("offer__supplier").first()


def offers_tried(*, unit_id: int) -> list[int]:
    return list(Attempt.objects.filter(unit_id=unit_id).values_list("offer_id", flat=True))


def moves_of_units(*, unit_ids: Iterable[int]) -> QuerySet[AttemptMove]:
    """What became of every try for these things, in order."""
    moves = AttemptMove.objects.filter(attempt__unit_id__in=list(unit_ids))
    return moves.select_related("attempt__offer__supplier").order_by("at", "pk")


def due_attempts(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, thing) of tries that are to be asked after, across tenants: for the sweeper."""
    due = Attempt.objects.using("ops").filter(next_at__lte=now).order_by("next_at")
    return list(due.values_list("tenant_id", "unit_id")[:limit])


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
        why = f"0 of {len(offers)}{said}"[:120]
        return Choice(offer=None, why=why, is_final=not PASSING & left_out.keys())
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

"""Who is to be asked for a SKU, and why."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from core.rows import fetch_with
from suppliers.models import Offer
from suppliers.selectors.health import Rest, resting
from suppliers.types import Choice

# The offers of SKUs, in the order in which they are asked.
_IN_ORDER = "own.sku_id = ANY(%s) ORDER BY own.priority, own.cost_e4, own.id"
RESTING = "resting"
PASSING = frozenset({"closed", RESTING})  # reasons that go by themselves


def skus_with_offers(*, prices_e4: Mapping[int, int]) -> set[int]:
    """Those SKUs, of SKU and price, that a supplier would deliver for less: what may be sold."""
    offers = Offer.objects.filter(sku_id__in=list(prices_e4), is_on=True, supplier__is_on=True)
    found = offers.values_list("sku_id", "cost_e4", "most_e4")
    return {sku for sku, cost, most in found if cost <= min(most, prices_e4[sku])}


def choose_offer(
    *,
    sku_id: int,
    most_e4: int,
    key: str,
    zone: ZoneInfo,
    now: datetime,
    tried: Iterable[int] = (),
) -> Choice:
    """Who is to be asked for this SKU, and why; nobody, and why nobody.

    `most_e4` is what the shop gets for it: dearer offers are left out. Hours are of the merchant's
    own `zone`. A supplier that rests after failures is left out until its probe is due, which this
    order may be. `key` shares orders out among equals, the same way each time it is asked.
    """
    offers = fetch_with(Offer, "supplier", _IN_ORDER, [sku_id])
    rests = resting(supplier_ids={offer.supplier_id for offer in offers}, now=now)
    circumstances = _Now(
        most_e4=most_e4, at=now.astimezone(zone).time(), tried=frozenset(tried), rests=rests
    )
    left_out: dict[str, int] = {}
    fit: list[Offer] = []
    for offer in offers:
        if why := _unfit(offer, circumstances):
            left_out[why] = left_out.get(why, 0) + 1
        else:
            fit.append(offer)
    said = "".join(f", {count} {why}" for why, count in sorted(left_out.items()))
    if not fit:
        why = f"0 of {len(offers)}{said}"[:120]
        is_final = not PASSING & left_out.keys()
        return Choice(offer=None, why=why, is_final=is_final, is_brief=RESTING in left_out)
    first = [offer for offer in fit if offer.priority == fit[0].priority]
    chosen = _by_weight(first, key=key)
    why = f"priority {chosen.priority}, 1 of {len(first)} by weight {chosen.weight}{said}"
    is_probe = rests.get(chosen.supplier_id) == Rest.PROBE
    return Choice(offer=chosen, why=why[:120], is_probe=is_probe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An offer, and why it would be left out at this moment, in the words of a choice; or nothing.

    `is_probe`: its supplier rests, and the next order would find out whether it is back.
    """

    offer: Offer
    why: str
    is_probe: bool


def judged_offers(
    *, prices_e4: Mapping[int, int], zone: ZoneInfo, now: datetime
) -> dict[int, list[Judged]]:
    """The offers of those SKUs, of SKU and price, in the order in which they are asked."""
    found = fetch_with(Offer, "supplier", _IN_ORDER, list(prices_e4))
    rests = resting(supplier_ids={offer.supplier_id for offer in found}, now=now)
    judged: dict[int, list[Judged]] = {sku_id: [] for sku_id in prices_e4}
    for offer in found:
        circumstances = _Now(
            most_e4=prices_e4[offer.sku_id],
            at=now.astimezone(zone).time(),
            tried=frozenset(),
            rests=rests,
        )
        why, is_probe = _unfit(offer, circumstances), rests.get(offer.supplier_id) == Rest.PROBE
        judged[offer.sku_id].append(Judged(offer=offer, why=why, is_probe=is_probe))
    return judged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """What makes an offer unfit for this order at this moment."""

    most_e4: int
    at: time
    tried: frozenset[int]
    rests: Mapping[int, Rest]


def _unfit(offer: Offer, now: _Now) -> str:
    reasons = {
        "off": not (offer.is_on and offer.supplier.is_on),
        "tried": offer.pk in now.tried,
        "too dear": offer.cost_e4 > min(offer.most_e4, now.most_e4),
        "closed": not _is_open(offer, now.at),
        RESTING: now.rests.get(offer.supplier_id) == Rest.RESTS,
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

"""Who is to be asked for a SKU, and why."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from core.rows import fetch_with
from suppliers.adapters import REHEARSING
from suppliers.models import Offer
from suppliers.selectors.abilities import may_rehearse
from suppliers.selectors.authorising import authorised
from suppliers.selectors.health import Rest, resting
from suppliers.states import Supply
from suppliers.types import Choice, Passed, Sale
from tenants.selectors import get_shop

# The offers of SKUs, in the order in which they are asked.
_IN_ORDER = "own.sku_id = ANY(%s) ORDER BY own.priority, own.cost_e4, own.id"
NOBODY_PASSED = Passed()
RESTING = "resting"
PASSING = frozenset({"closed", RESTING, "busy"})  # reasons that go by themselves


def skus_with_offers(*, sales: Mapping[int, Sale], now: datetime) -> set[int]:
    """Those SKUs, of SKU and how it is sold, that a supplier would deliver so: what may be sold.

    By the same rules as `choose_offer`, but for what goes by itself: an offer that is closed at
    this hour, or whose supplier rests, is waited for.
    """
    found = list(offers_in_use().filter(sku_id__in=list(sales)))
    may_sell = authorised_today(offers=found, now=now)
    return {
        offer.sku_id
        for offer in found
        if not why_unsold(offer=offer, sale=sales[offer.sku_id], authorised=may_sell)
    }


def offers_in_use() -> QuerySet[Offer]:
    """Those that neither are switched off nor only play where real money is paid."""
    found = Offer.objects.filter(is_on=True, supplier__is_on=True)
    return found if may_rehearse() else found.exclude(supplier__protocol__in=REHEARSING)


def authorised_today(*, offers: Collection[Offer], now: datetime) -> frozenset[int]:
    """Those of them, by their keys, that need an authorisation and have one in force today, by the
    merchant's days."""
    if not any(offer.needs_authorisation for offer in offers):
        return frozenset()
    return authorised(offers=offers, day=_day(now, ZoneInfo(get_shop().time_zone)))


def choose_offer(
    *,
    sku_id: int,
    sale: Sale,
    key: str,
    zone: ZoneInfo,
    now: datetime,
    passed: Passed = NOBODY_PASSED,
) -> Choice:
    """Who is to be asked for this SKU, and why; nobody, and why nobody.

    Offers are left out that cost more than the shopper pays, and whose own rules forbid this sale:
    a floor above what the shopper pays for it, the channel, an authorisation that is not in force
    today, slower than the shopper was told. Hours and days are of the merchant's own `zone`. A
    supplier that rests after failures is left out until its probe is due, which this order may be.
    `key` shares orders out among equals, the same way each time it is asked.
    """
    offers = fetch_with(Offer, "supplier", _IN_ORDER, [sku_id])
    rests = resting(supplier_ids={offer.supplier_id for offer in offers}, now=now)
    circumstances = _Now(
        sale=sale,
        at=now.astimezone(zone).time(),
        passed=passed,
        rests=rests,
        authorised=authorised(offers=offers, day=_day(now, zone)),
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
    *, sales: Mapping[int, Sale], zone: ZoneInfo, now: datetime
) -> dict[int, list[Judged]]:
    """The offers of those SKUs, of SKU and how it is sold, in the order in which they are asked."""
    found = fetch_with(Offer, "supplier", _IN_ORDER, list(sales))
    rests = resting(supplier_ids={offer.supplier_id for offer in found}, now=now)
    may_sell = authorised(offers=found, day=_day(now, zone))
    judged: dict[int, list[Judged]] = {sku_id: [] for sku_id in sales}
    for offer in found:
        circumstances = _Now(
            sale=sales[offer.sku_id],
            at=now.astimezone(zone).time(),
            passed=NOBODY_PASSED,
            rests=rests,
            authorised=may_sell,
        )
        why, is_probe = _unfit(offer, circumstances), rests.get(offer.supplier_id) == Rest.PROBE
        judged[offer.sku_id].append(Judged(offer=offer, why=why, is_probe=is_probe))
    return judged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """What makes an offer unfit for this order at this moment."""

    sale: Sale
    at: time
    passed: Passed
    rests: Mapping[int, Rest]
    authorised: frozenset[int]


def _unfit(offer: Offer, now: _Now) -> str:
    first = {
        "off": not (offer.is_on and offer.supplier.is_on),
        "played": offer.supplier.protocol in REHEARSING and not may_rehearse(),
        "tried": offer.pk in now.passed.tried,
    }
    passing = {
        "closed": not _is_open(offer, now.at),
        RESTING: now.rests.get(offer.supplier_id) == Rest.RESTS,
        "busy": offer.supplier_id in now.passed.busy,
    }
    unsold = why_unsold(offer=offer, sale=now.sale, authorised=now.authorised)
    return _first(first) or unsold or _first(passing)


def most_for(*, offer: Offer, sale: Sale) -> int:
    """What the thing may cost at this offer, in 1/10,000."""
    most_e4 = int(offer.most_e4)
    return most_e4 if sale.may_lose else min(most_e4, sale.paid_e4)


def why_unsold(*, offer: Offer, sale: Sale, authorised: Collection[int]) -> str:
    """Why this offer may not serve this sale, at whatever hour; empty if it may.

    Its floor is held against what the shopper pays for the thing after discounts, not against its
    list price: a coupon must not sell it below what the supplier allows.
    """
    return _first(
        {
            str(offer.supply): offer.supply != Supply.OPEN,
            "too dear": offer.cost_e4 > most_for(offer=offer, sale=sale),
            "below the floor": sale.paid_e4 < offer.floor_e4,
            "channel": sale.channel in offer.forbidden_channels,
            "no authorisation": offer.needs_authorisation and offer.pk not in authorised,
            "slow": offer.slow_hours > sale.slow_hours,
        }
    )


def _first(reasons: Mapping[str, bool]) -> str:
    return next((why for why, is_so in reasons.items() if is_so), "")


def _day(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


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

"""Who is blocked, always allowed, or watched."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.secrets import masked_phone
from risk.models import LINKING, ListEntry
from risk.selectors.assessments import known_of_orders
from risk.selectors.listed import ended, in_force
from risk.selectors.rules import forget_rules
from risk.selectors.values import LONGEST, MAIL_DOMAIN, clean_value, digest_of
from risk.states import Listing, Trait
from risk.types import Listed, NewListing, Refused
from tenants import audit

MOST_AT_ONCE, MOST_RANGES, MOST_LISTED = 10_000, 10_000, 100_000
AT_ONCE = 1_000
_PLAIN = frozenset({Trait.NET, MAIL_DOMAIN})
_ORDER = re.compile(r"\d{8}-[A-Z0-9]{10}")
_IN_AUDIT = 20
# What may be named by an order's number; only its digest is kept of it.
_BY_ORDER = {
    Trait.DEVICE: _("No device is known of order %(number)s."),
    Trait.PAYER: _("It is not known who paid order %(number)s."),
}


@tenant_atomic
def add_to_list(*, entries: Iterable[NewListing], by: Actor, now: datetime) -> int:
    """List them, or list them anew; returns how many. Raises InvalidInput, and lists nobody."""
    return store_entries(_Reader(list(entries), by, now).all(), by=by, now=now)


@tenant_atomic
def add_each_to_list(*, entries: Iterable[NewListing], by: Actor, now: datetime) -> Listed:
    """List those that can be read, and say of each other one why not. Raises InvalidInput only
    for what is wrong with all of them together."""
    reader = _Reader(list(entries), by, now)
    rows = reader.good()
    return Listed(
        count=store_entries(rows, by=by, now=now) if rows else 0, refused=tuple(reader.refused)
    )


def store_entries(rows: Iterable[ListEntry], *, by: Actor, now: datetime) -> int:
    """What is listed already is listed anew. Raises InvalidInput."""
    found = {(row.trait, row.key, row.plain): row for row in rows}
    plain = {row.plain for row in found.values() if row.plain}
    keys = [row.key for row in found.values() if row.key is not None]
    others = in_force(now=now).exclude(plain__in=plain).exclude(key__in=keys)
    if len(plain) + others.exclude(plain="").count() > MOST_RANGES:
        raise InvalidInput(
            _("A shop lists at most %(most)s networks and mail domains.")
            % {"most": f"{MOST_RANGES:,}"},
            param="value",
        )
    if len(found) + others.count() > MOST_LISTED:
        raise InvalidInput(
            _("A shop's lists hold at most %(most)s entries.") % {"most": f"{MOST_LISTED:,}"},
            param="value",
        )
    ListEntry.objects.bulk_create(
        found.values(),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["tenant_id", "trait", "key", "plain"],
        update_fields=["listing", "shown", "reason", "until", "by", "made_at"],
    )
    _remember("rule.listed", list(found.values()), by=by, now=now)
    return len(found)


@tenant_atomic
def drop_from_list(*, entry_ids: Iterable[int], by: Actor, now: datetime) -> int:
    """They end now; for ninety days they can be put back. Returns how many did, or raises
    InvalidInput for none."""
    found = _chosen(in_force(now=now), entry_ids)
    ListEntry.objects.filter(pk__in=[one.pk for one in found]).update(until=now)
    _remember("rule.unlisted", found, by=by, now=now)
    return len(found)


@tenant_atomic
def put_back_on_list(*, entry_ids: Iterable[int], by: Actor, now: datetime) -> int:
    """Those that ended stand there again, for good. Returns how many do, or raises InvalidInput
    for none."""
    found = _chosen(ended(now=now), entry_ids)
    ListEntry.objects.filter(pk__in=[one.pk for one in found]).update(until=None)
    _remember("rule.listed", found, by=by, now=now)
    return len(found)


def _chosen(rows: QuerySet[ListEntry], entry_ids: Iterable[int]) -> list[ListEntry]:
    found = list(rows.filter(pk__in=list(entry_ids)))
    if not found:
        raise InvalidInput(_("Choose at least one entry."), param="entry")
    return found


def _remember(action: str, rows: Sequence[ListEntry], *, by: Actor, now: datetime) -> None:
    """With whom it was about, as far as it may be shown; of many, the first."""
    shown = "; ".join(f"{one.listing} {one.shown}" for one in rows[:_IN_AUDIT])
    data: dict[str, str | int | None] = {"count": len(rows), "shown": shown}
    audit.record(by=by, action=action, target="", now=now, data=data)
    transaction.on_commit(forget_rules)


class _Reader:
    """Entries as a person gives them, read one by one."""

    def __init__(self, entries: Sequence[NewListing], by: Actor, now: datetime) -> None:
        if not 1 <= len(entries) <= MOST_AT_ONCE:
            raise InvalidInput(
                _("List 1 to %(most)s at once.") % {"most": f"{MOST_AT_ONCE:,}"}, param="value"
            )
        self._entries, self._by, self._now = entries, by, now
        self._known = {
            trait: known_of_orders(subjects=_orders_named(entries, trait), trait=trait)
            for trait in _BY_ORDER
        }
        self.refused: list[Refused] = []

    def all(self) -> list[ListEntry]:
        return [self._row(one) for one in self._entries]

    def good(self) -> list[ListEntry]:
        found = []
        for at, one in enumerate(self._entries):
            try:
                found.append(self._row(one))
            except InvalidInput as why:
                self.refused.append(Refused(at=at, why=str(why.message)))
        return found

    def _row(self, one: NewListing) -> ListEntry:
        if one.listing not in Listing.values or one.trait not in {*LINKING, MAIL_DOMAIN}:
            raise InvalidInput(_("Choose a list, and what is listed."), param="trait")
        value = one.value.strip()
        is_net = one.trait == Trait.IP and "/" in value
        trait = Trait.NET.value if is_net else one.trait
        key, plain, shown = self._known_by(trait, value)
        return ListEntry(
            listing=one.listing,
            trait=trait,
            key=key,
            plain=plain,
            shown=shown,
            reason=one.reason.strip()[:LONGEST],
            until=one.until,
            by=self._by.label[:80],
            made_at=self._now,
        )

    def _known_by(self, trait: str, value: str) -> tuple[bytes | None, str, str]:
        if trait in _BY_ORDER and _ORDER.fullmatch(value):
            digest = self._known[Trait(trait)].get(value)
            if digest is None:
                raise InvalidInput(_BY_ORDER[Trait(trait)] % {"number": value}, param="value")
            return digest, "", value
        clean = clean_value(trait, value)
        if trait in _PLAIN:
            return None, clean, clean
        return digest_of(trait, clean), "", _shown(trait, clean)


def _orders_named(entries: Iterable[NewListing], trait: str) -> list[str]:
    named = (one.value.strip() for one in entries if one.trait == trait)
    return [value for value in named if _ORDER.fullmatch(value)]


def _shown(trait: str, value: str) -> str:
    if trait == Trait.PHONE:
        return masked_phone(value)
    if trait == Trait.IP:
        return value
    return f"{value[:3]}…{value[-2:]}" if len(value) > 6 else "…"

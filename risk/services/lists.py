"""Who is blocked, always allowed, or watched."""

from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.contacts import clean_mail, clean_phone
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.secrets import masked_phone
from risk.models import LINKING, ListEntry
from risk.selectors.rules import forget_rules
from risk.services.people import digest_of
from risk.states import Listing, Trait
from risk.types import NewListing
from tenants import audit

MAIL_DOMAIN = "mail_domain"
MOST_AT_ONCE, MOST_RANGES = 10_000, 1_000
AT_ONCE = 1_000
_PLAIN = frozenset({Trait.NET, MAIL_DOMAIN})


@tenant_atomic
def add_to_list(*, entries: Iterable[NewListing], by: Actor, now: datetime) -> int:
    """List them, or list them anew; returns how many. Raises InvalidInput, and lists nobody."""
    found = list(entries)
    if not 1 <= len(found) <= MOST_AT_ONCE:
        raise InvalidInput(
            _("List 1 to %(most)s at once.") % {"most": f"{MOST_AT_ONCE:,}"}, param="value"
        )
    return store_entries([_row(one, by, now) for one in found], by=by, now=now)


def store_entries(entries: Iterable[ListEntry], *, by: Actor, now: datetime) -> int:
    """What is listed already is listed anew. Raises InvalidInput."""
    rows = {(row.trait, row.key, row.plain): row for row in entries}
    plain = {row.plain for row in rows.values() if row.plain}
    others = ListEntry.objects.exclude(plain="").exclude(plain__in=plain)
    if len(plain) + others.count() > MOST_RANGES:
        raise InvalidInput(
            _("A shop lists at most %(most)s networks and mail domains.") % {"most": MOST_RANGES},
            param="value",
        )
    ListEntry.objects.bulk_create(
        rows.values(),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["tenant_id", "trait", "key", "plain"],
        update_fields=["listing", "shown", "reason", "until", "by", "made_at"],
    )
    audit.record(by=by, action="rule.listed", target="", now=now, data={"count": len(rows)})
    transaction.on_commit(forget_rules)
    return len(rows)


@tenant_atomic
def drop_from_list(*, entry_ids: Iterable[int], by: Actor, now: datetime) -> int:
    dropped, _each = ListEntry.objects.filter(pk__in=list(entry_ids)).delete()
    audit.record(by=by, action="rule.unlisted", target="", now=now, data={"count": dropped})
    transaction.on_commit(forget_rules)
    return dropped


def _row(one: NewListing, by: Actor, now: datetime) -> ListEntry:
    if one.listing not in Listing.values or one.trait not in {*LINKING, MAIL_DOMAIN}:
        raise InvalidInput(_("Choose a list, and what is listed."), param="trait")
    value = _clean(one.trait, one.value.strip())
    is_plain = one.trait in _PLAIN
    return ListEntry(
        listing=one.listing,
        trait=one.trait,
        key=None if is_plain else digest_of(one.trait, value),
        plain=value if is_plain else "",
        shown=value if is_plain else _shown(one.trait, value),
        reason=one.reason.strip()[:100],
        until=one.until,
        by=by.label[:80],
        made_at=now,
    )


def _clean(trait: str, value: str) -> str:
    try:
        if trait == Trait.IP:
            return str(ip_address(value))
        if trait == Trait.NET:
            return str(ip_network(value, strict=False))
    except ValueError as why:
        raise InvalidInput(
            _("“%(value)s” is no address or network.") % {"value": value[:60]}, param="value"
        ) from why
    if trait == Trait.PHONE:
        return clean_phone(value, param="value")
    if trait == Trait.MAIL:
        return clean_mail(value, param="value")
    if not 1 <= len(value) <= 100 or not value.isprintable():
        raise InvalidInput(_("Write what is to be listed."), param="value")
    return value.lower() if trait == MAIL_DOMAIN else value


def _shown(trait: str, value: str) -> str:
    if trait == Trait.PHONE:
        return masked_phone(value)
    if trait == Trait.IP:
        return value
    return f"{value[:3]}…{value[-2:]}" if len(value) > 6 else "…"

"""Who stands on a list."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db.models import F, Func, IntegerField, Q, QuerySet

from core.errors import InvalidInput
from risk.models import LINKING, ListEntry
from risk.selectors.values import MAIL_DOMAIN, clean_value, digest_of
from risk.states import Listing, Trait
from risk.types import Facts

KEPT = timedelta(days=90)  # after it ended: so long it can be put back
BATCH = 10_000
UNPROVEN = "unproven"  # on the allow list by what anybody can type, and blocked by what is sure
_SURE = frozenset({Trait.IP, Trait.NET, Trait.DEVICE, Trait.PAYER})
_PROVEN_BY = {
    Trait.PHONE: "is_phone_proven", Trait.MAIL: "is_mail_proven", MAIL_DOMAIN: "is_mail_proven",
}  # fmt: skip
Stands = frozenset[tuple[str, str]]  # a list, and the trait by which somebody stands on it


def lists_in(stands: Stands, *, facts: Facts) -> frozenset[str]:
    """The lists that count for somebody. What he types for himself, and has not proven to be his,
    is allowed in vain where his device, address or network is blocked: then UNPROVEN says so."""
    lists = frozenset(listing for listing, _trait in stands)
    allowed = {trait for listing, trait in stands if listing == Listing.ALLOW}
    if not allowed or not any((Listing.BLOCK, trait) in stands for trait in _SURE):
        return lists
    if allowed & _SURE or any(facts.get(_PROVEN_BY.get(trait, "")) for trait in allowed):
        return lists
    return lists - {Listing.ALLOW} | {UNPROVEN}


def find_listed(*, digests: Mapping[str, bytes], ranges: Q, now: datetime) -> Stands:
    """By any of these digests, or by what `ranges_of` says. One query."""
    known = ranges
    for trait, digest in digests.items():
        known |= Q(trait=trait, key=digest, plain="")
    if not known:
        return frozenset()
    return frozenset(in_force(now=now).filter(known).values_list("listing", "trait"))


def in_force(*, now: datetime) -> QuerySet[ListEntry]:
    return ListEntry.objects.filter(Q(until=None) | Q(until__gt=now))


def ended(*, now: datetime) -> QuerySet[ListEntry]:
    """Over, or taken off; for a time they can be put back."""
    return ListEntry.objects.filter(until__lte=now)


def named(rows: QuerySet[ListEntry], *, text: str) -> QuerySet[ListEntry]:
    """Those whose masked value or reason holds the text, or that are of just this value; of an
    address, the networks around it too."""
    found = Q(shown__icontains=text) | Q(reason__icontains=text)
    for trait in LINKING:
        try:
            found |= Q(trait=trait, key=digest_of(trait, clean_value(trait, text)), plain="")
        except InvalidInput:
            continue
    try:
        address = clean_value(Trait.IP, text)
    except InvalidInput:
        return rows.filter(found)
    return rows.filter(found | ranges_of(ip=address, mail_domain="", lengths=lengths_listed()))


def ranges_of(*, ip: str, mail_domain: str, lengths: Iterable[tuple[int, int]]) -> Q:
    """Entries that hold the address or the domain. Of an address's networks only those of the
    `lengths` (version, bits) that are listed at all are asked for: however many are."""
    found = Q()
    if ip:
        address = ip_address(ip)
        nets = [
            str(ip_network((address, bits), strict=False))
            for version, bits in lengths
            if version == address.version
        ]
        found = Q(trait=Trait.NET, key=None, plain__in=nets) if nets else found
    if mail_domain:
        found |= Q(trait=MAIL_DOMAIN, key=None, plain=mail_domain.lower())
    return found


def lengths_listed() -> frozenset[tuple[int, int]]:
    """The kinds of networks that are listed: (4, 24) is a /24 of IPv4."""
    kinds = (
        Func(F("plain"), template=f"{name}(%(expressions)s::inet)", output_field=IntegerField())
        for name in ("family", "masklen")
    )
    # One with a zone could be listed once, and would have this fail for all looks of the shop.
    known = ListEntry.objects.filter(trait=Trait.NET).exclude(plain__contains="%")
    return frozenset(known.values_list(*kinds).distinct())


def due_to_unlist(*, now: datetime) -> QuerySet[ListEntry]:
    """A batch of those that ended long ago, across tenants."""
    old = ListEntry.objects.using("ops").filter(until__lt=now - KEPT).order_by("until")
    return ListEntry.objects.using("ops").filter(pk__in=old.values("pk")[:BATCH])

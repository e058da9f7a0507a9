"""Who a look is about: keyed digests, and the lists they stand on."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from risk import places
from risk.models import Assessment
from risk.selectors import RuleSet, find_listed
from risk.selectors.assessments import Digests
from risk.selectors.listed import UNPROVEN, Stands, ranges_of
from risk.selectors.values import MAIL_DOMAIN, digest_of, network_of
from risk.states import Action, Listing, Proof, Trait
from risk.types import ALLOWED, BLOCKED, IN_VAIN, WATCHED, Case, Facts, Spoken


def digests_of_case(case: Case) -> Digests:
    """Keyed digests of who it is about; what is no secret stays as it is."""
    clear = {trait: text.reveal() for trait, text in case.traits.items()}
    found: Digests = {trait: digest_of(trait, text) for trait, text in clear.items() if text}
    if ip := case.traits.get(Trait.IP):
        found[Trait.NET] = digest_of(Trait.NET, network_of(ip.reveal()))
    for trait in (Trait.PARTNER, Trait.SKU):
        if plain := case.facts.get(trait):
            found[trait] = str(plain)
    return found


def facts_of_case(case: Case) -> Facts:
    """What it was told, and what the traits themselves say: in the rows they are digests."""
    clear = {trait: text.reveal() for trait, text in case.traits.items()}
    ip, phone, account = (clear.get(one, "") for one in (Trait.IP, Trait.PHONE, Trait.ACCOUNT))
    found = places.facts_of(ip=ip, phone=phone, account=account)
    contacts = {phone, phone.removeprefix("+86"), clear.get(Trait.MAIL, "")} - {""}
    if account and contacts:
        found["is_own_account"] = account in contacts
    proven = {Proof.SMS: Trait.PHONE, Proof.MAIL: Trait.MAIL}.get(Proof(case.person or Proof.WORDS))
    if proven and clear.get(proven):
        found[f"is_{proven.value}_proven"] = True
    return {**found, **case.facts}


def _secret(digests: Digests) -> dict[str, bytes]:
    return {trait: value for trait, value in digests.items() if isinstance(value, bytes)}


def listed(rules: RuleSet, digests: Digests, *, case: Case | None = None, now: datetime) -> Stands:
    """A network or a domain is known only while the address is at hand, in the case."""
    if not rules.has_entries:
        return frozenset()
    ranges = _ranges(rules, case) if case else Q()
    return find_listed(digests=_secret(digests), ranges=ranges, now=now)


def _ranges(rules: RuleSet, case: Case) -> Q:
    ip = case.traits.get(Trait.IP)
    domain = str(case.facts.get("mail_domain", "")) if rules.has_domains else ""
    return ranges_of(ip=ip.reveal() if ip else "", mail_domain=domain, lengths=rules.lengths)


def ranges_of_look(stands: Stands) -> str:
    """Its networks and mail domain are known now only: as they are written down."""
    ranges = {Trait.NET, MAIL_DOMAIN}
    return ",".join(sorted(f"{listing}:{trait}" for listing, trait in stands if trait in ranges))


def ranges_before(row: Assessment) -> Stands:
    """What was written down of it; without a trait until November 2026, of a network mostly."""
    said = (one.partition(":") for one in row.ranges.split(",") if one)
    return frozenset((listing, trait or Trait.NET.value) for listing, _colon, trait in said)


def spoken_by_lists(listed: Iterable[str]) -> Iterable[Spoken]:
    """Who is always allowed is not blocked either: the merchant knows him. Whether he is who he
    says that he is `lists_in` has decided."""
    names = set(listed)
    if UNPROVEN in names:
        yield Spoken(rule=IN_VAIN, version=0, name="", action=Action.PASS)
    if Listing.ALLOW in names:
        yield Spoken(rule=ALLOWED, version=0, name="", action=Action.PASS)
    elif Listing.BLOCK in names:
        yield Spoken(rule=BLOCKED, version=0, name="", action=Action.DENY)
    if Listing.WATCH in names:
        yield Spoken(rule=WATCHED, version=0, name="", action=Action.TAG)

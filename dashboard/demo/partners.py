"""The demo shops' partner platform: it has a balance, and a sandbox to try things out in.

Of a key only a digest is kept, so that a demo which is started tells new ones; those that it told
before go on for a while.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from channels import services as channels
from channels.models import ApiKey, Partner
from channels.services import sandbox
from channels.types import KeyTerms, PartnerTerms
from core.actors import Actor
from core.money import E4
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.demo import people
from payments import services as payments
from tenants.roles import Role

NAME = "示例平台"
KEY = "make up"
BALANCE_E4 = 10_000 * E4
OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoKeys:
    test: Secret
    live: Secret


def open_partner(slug: str, *, now: datetime) -> Partner:
    """The bound shop's partner and sandbox; what is there already stays."""
    with tenant_atomic():
        by = people.actor_of(Role.OWNER, slug)
        found = Partner.objects.filter(name=NAME).first()
        partner = found or _make(by=by, now=now)
    if found is None:
        sandbox.open_sandbox(by=by, now=now)
    return partner


def _make(*, by: Actor, now: datetime) -> Partner:
    partner = channels.create_partner(terms=PartnerTerms(name=NAME), by=by, now=now)
    payments.top_up_balance(
        account_id=partner.account_id, amount_e4=BALANCE_E4, ref=partner.ref, by=by, now=now
    )
    return partner


def new_keys(slug: str, *, now: datetime) -> DemoKeys:
    """Keys of the bound shop's partner: shown this once."""
    partner = open_partner(slug, now=now)
    with tenant_atomic():
        by = people.actor_of(Role.OWNER, slug)
        live = _new_key(partner, by=by, now=now)
    with sandbox.in_sandbox():
        twin = Partner.objects.get(ref=partner.ref)
        return DemoKeys(test=_new_key(twin, by=by, now=now), live=live)


def _new_key(partner: Partner, *, by: Actor, now: datetime) -> Secret:
    told = ApiKey.objects.filter(partner=partner, name=KEY, revoked_at=None, expires_at=None)
    last = told.order_by("-pk").first()
    if last is not None:
        return channels.roll_key(key_id=last.pk, overlap=OVERLAP, by=by, now=now).text
    terms = KeyTerms(name=KEY)
    return channels.issue_key(partner_id=partner.pk, terms=terms, by=by, now=now).text

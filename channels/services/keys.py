"""API keys. A key's secret is in the answer of its making and nowhere else."""

import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models import ApiKey, Partner
from channels.services.addresses import read_networks
from channels.states import KeyScope
from channels.types import KeyTerms, NewKey, Seat
from core.actors import Actor
from core.crypto import digest
from core.errors import InvalidInput, NotFound
from core.scope import tenant_atomic
from core.secrets import Secret
from tenants import audit
from tenants.selectors import get_shop

LIVE, TEST = "qy_live_", "qy_test_"
PUBLIC, SECRET_BYTES = 8, 24  # 192 bits: a plain digest of it cannot be turned back
NEWEST_VERSION = "2026-11-28"
USED_EVERY = timedelta(minutes=1)
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


@tenant_atomic
def issue_key(*, partner_id: int, terms: KeyTerms, by: Actor, now: datetime) -> NewKey:
    """A new key for the partner; its text is given this once."""
    partner = Partner.objects.get(pk=partner_id)
    scopes, networks = _scopes(terms), read_networks(terms.networks)
    public = "".join(secrets.choice(_LETTERS) for _ in range(PUBLIC))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        partner=partner,
        public=public,
        secret_digest=digest(secret),
        name=terms.name.strip()[:60],
        scopes=scopes,
        networks=networks,
        version=NEWEST_VERSION,
        made_at=now,
        made_by=by.label[:80],
        expires_at=terms.expires_at,
    )
    audit.record(by=by, action="key.issued", target=public, now=now, data={"partner": partner.ref})
    prefix = LIVE if get_shop().sandbox_of_id is None else TEST
    return NewKey(key_id=key.pk, text=Secret(f"{prefix}{public}{secret}"))


def _scopes(terms: KeyTerms) -> list[str]:
    wanted = terms.scopes or tuple(KeyScope.values)
    unknown = sorted(set(wanted) - set(KeyScope.values))
    if unknown:
        raise InvalidInput(_("A key cannot be given this right."), param="scopes")
    return sorted(set(wanted))


@tenant_atomic
def revoke_key(*, key_id: int, by: Actor, now: datetime) -> None:
    """The key is refused from now on; a second time is the first."""
    key = _locked(key_id)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        audit.record(by=by, action="key.revoked", target=key.public, now=now)


@tenant_atomic
def roll_key(*, key_id: int, overlap: timedelta, by: Actor, now: datetime) -> NewKey:
    """A new key with the old one's rights; the old one ends after `overlap`."""
    old = _locked(key_id)
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
        raise InvalidInput(_("This key has ended. Make a new one."), param="key")
    ends_at = now + overlap
    terms = KeyTerms(
        name=old.name,
        scopes=tuple(old.scopes),
        networks=tuple(old.networks),
        expires_at=old.expires_at,
    )
    fresh = issue_key(partner_id=old.partner_id, terms=terms, by=by, now=now)
    old.expires_at = min(old.expires_at or ends_at, ends_at)
    old.save(update_fields=["expires_at"])
    audit.record(by=by, action="key.rolled", target=old.public, now=now)
    return fresh


def mark_used(*, seat: Seat, address: str, now: datetime) -> None:
    """Remember when and from where, about once a minute: not each call writes the key's row, or so
    much as begins to."""
    if seat.last_used_at is not None and seat.last_used_at > now - USED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
    with tenant_atomic():
        ApiKey.objects.filter(stale, pk=seat.key_id).update(
            last_used_at=now, last_used_from=address or None
        )


def _locked(key_id: int) -> ApiKey:
    found = ApiKey.objects.select_for_update(of=("self",), no_key=True).filter(pk=key_id).first()
    if found is None:
        raise NotFound
    return found

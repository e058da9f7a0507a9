"""Test keys, as the shop that a sandbox belongs to makes, rolls and revokes them.

A key's own history is in the sandbox; who asked for it stands in the shop's audit log, too.
"""

from datetime import datetime, timedelta

from channels.models import ApiKey
from channels.selectors import find_partner, get_partner
from channels.services import keys
from channels.services.sandbox.opening import in_sandbox, open_sandbox
from channels.types import KeyTerms, NewKey
from core.actors import Actor
from core.errors import NotFound
from core.scope import require_tenant, step_over, tenant_atomic
from tenants import audit
from tenants.selectors import find_sandbox_id


def issue_test_key(*, partner_ref: str, terms: KeyTerms, by: Actor, now: datetime) -> NewKey:
    """A test key for a partner of the bound shop, whose sandbox is opened where there is none.
    In no transaction. Raises NotFound."""
    with tenant_atomic():
        get_partner(ref=partner_ref)
    twin_id = find_sandbox_id(tenant_id=require_tenant())
    if twin_id is None or not _is_known(partner_ref, twin_id):
        twin_id = open_sandbox(by=by, now=now)
    with step_over(twin_id), tenant_atomic():
        partner = get_partner(ref=partner_ref)
        made = keys.issue_key(partner_id=partner.pk, terms=terms, by=by, now=now)
    _note("partner.test_key", partner_ref, by=by, now=now)
    return made


def _is_known(partner_ref: str, twin_id: int) -> bool:
    with step_over(twin_id), tenant_atomic():
        return find_partner(ref=partner_ref) is not None


def roll_test_key(
    *, partner_ref: str, key_id: int, overlap: timedelta, by: Actor, now: datetime
) -> NewKey:
    """As `roll_key`, of a key of this partner's in the bound shop's sandbox. In no transaction."""
    with in_sandbox():
        key = _key(partner_ref, key_id)
        made = keys.roll_key(key_id=key.pk, overlap=overlap, by=by, now=now)
    _note("partner.test_key_rolled", partner_ref, by=by, now=now)
    return made


def revoke_test_key(*, partner_ref: str, key_id: int, by: Actor, now: datetime) -> None:
    """As `revoke_key`, of a key of this partner's in the bound shop's sandbox. In no
    transaction."""
    with in_sandbox():
        keys.revoke_key(key_id=_key(partner_ref, key_id).pk, by=by, now=now)
    _note("partner.test_key_revoked", partner_ref, by=by, now=now)


def _key(partner_ref: str, key_id: int) -> ApiKey:
    found = ApiKey.objects.filter(pk=key_id, partner__ref=partner_ref).first()
    if found is None:
        raise NotFound
    return found


@tenant_atomic
def _note(action: str, partner_ref: str, *, by: Actor, now: datetime) -> None:
    audit.record(by=by, action=action, target=partner_ref, now=now)

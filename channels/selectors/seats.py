"""Who calls: a key, its partner, the partner's tier and endpoints in one statement."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels.errors import AddressRefused, KeyRefused, PartnerSuspended
from channels.states import EndpointState, PartnerState
from channels.types import Hook, Seat, Tier
from core.crypto import digest
from core.idempotency import is_first_sql
from core.scope import require_tenant
from core.statements import run

_IS_FIRST = is_first_sql(
    tenant="own.tenant_id", scope="(%(once_scope)s || partner.ref)", key="%(once_key)s"
)
_SEAT = f"""
    SELECT own.id, own.public, own.secret_digest, own.scopes, own.networks, own.version,
           own.expires_at, own.revoked_at, own.last_used_at,
           partner.id, partner.ref, partner.name, partner.state, partner.account_id,
           partner.sells_all, partner.daily_limit_e4, partner.most_per_second,
           partner.loss_guard,
           tier.id, tier.ref, tier.way, tier.rate, tier.floor_rate,
           EXISTS (SELECT 1 FROM channels_tierprice AS price
                    WHERE price.tenant_id = own.tenant_id AND price.tier_id = partner.tier_id),
           (SELECT json_agg(json_build_array(hook.id, hook.state, hook.kinds))::text
              FROM channels_webhookendpoint AS hook
             WHERE hook.tenant_id = own.tenant_id AND hook.partner_id = own.partner_id
               AND hook.state <> 'removed'),
           CASE WHEN %(once_key)s <> '' AND own.secret_digest = %(digest)s THEN {_IS_FIRST} END
      FROM channels_apikey AS own
      JOIN channels_partner AS partner
        ON partner.tenant_id = own.tenant_id AND partner.id = own.partner_id
      LEFT JOIN channels_pricetier AS tier
        ON tier.tenant_id = own.tenant_id AND tier.id = partner.tier_id
     WHERE own.tenant_id = %(tenant)s AND own.public = %(public)s
"""  # noqa: S608 -- our words


def find_seat(
    *,
    public: str,
    secret: str,
    address: str,
    now: datetime,
    once_scope: str = "",
    once_key: str = "",
) -> Seat:
    """Whose key it is. Raises KeyRefused, AddressRefused, PartnerSuspended.

    With an idempotency key, whose scope is `once_scope` and the partner's name, the seat says
    whether it is the first call under it: one way to the database less.
    """
    own = digest(secret)
    given = {
        "tenant": require_tenant(), "public": public, "digest": own,
        "once_scope": once_scope, "once_key": once_key,
    }  # fmt: skip
    rows = run(_SEAT, given).rows
    if not rows or not _is_good(rows[0], own, now=now):
        raise KeyRefused(_("This API key is not known here, or has been revoked."))
    seat = _read(rows[0])
    if rows[0][12] != PartnerState.ACTIVE:
        raise PartnerSuspended(_("This partner account is suspended. Talk to the shop."))
    if not seat.may_come_from(address):
        raise AddressRefused(_("This key may not be used from this address."))
    return seat


def _is_good(row: tuple[Any, ...], given: bytes, *, now: datetime) -> bool:
    _id, _public, kept, _scopes, _networks, _version, expires_at, revoked_at = row[:8]
    # Digests are compared, so how long it takes tells nothing of the secret.
    is_right = bytes(kept) == given
    return is_right and revoked_at is None and (expires_at is None or expires_at > now)


def _read(row: tuple[Any, ...]) -> Seat:
    key_id, public, _kept, scopes, networks, version, _expires, _revoked, last_used_at = row[:9]
    partner_id, ref, name, _state, account_id, sells_all, daily_limit_e4, pace = row[9:17]
    loss_guard, tier_id, tier_ref, way, rate, floor_rate, has_prices, hooks, is_first = row[17:]
    tier = tier_id and Tier(
        ref=tier_ref, way=way, rate=rate, floor_rate=floor_rate, has_prices=has_prices
    )
    return Seat(
        partner_id=partner_id,
        partner_ref=ref,
        partner_name=name,
        account_id=account_id,
        tier_id=tier_id,
        tier=tier or None,
        sells_all=sells_all,
        daily_limit_e4=daily_limit_e4,
        loss_guard=loss_guard,
        most_per_second=pace,
        key_id=key_id,
        key_hint=public,
        scopes=frozenset(_listed(scopes)),
        networks=_listed(networks),
        version=version,
        last_used_at=last_used_at,
        hooks=_hooks(hooks) if hooks else (),
        is_first=bool(is_first),
    )


@lru_cache(maxsize=1_000)
def _listed(text: str) -> tuple[str, ...]:
    """A column of JSON as the driver gives it."""
    return tuple(json.loads(text))


@lru_cache(maxsize=1_000)
def _hooks(text: str) -> tuple[Hook, ...]:
    return tuple(
        Hook(endpoint_id=pk, is_active=state == EndpointState.ACTIVE, kinds=frozenset(kinds))
        for pk, state, kinds in json.loads(text)
    )

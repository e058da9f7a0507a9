"""Opening a sandbox, bringing it up to date, emptying it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog import services as catalog
from catalog.types import ProductCopy
from channels.models import ApiKey, Partner
from channels.selectors import pay_in_limits
from channels.selectors.payments_in import Limits
from channels.services.paying_in import set_pay_in_limits
from channels.services.sandbox.goods import fill_shelf, restock
from channels.services.sandbox.partners import (
    PartnerCopy,
    TierCopy,
    mirror_partners,
    mirror_tiers,
    tell_partners,
    tell_tiers,
)
from core.actors import SYSTEM, Actor
from core.errors import NotFound
from core.scope import require_tenant, step_over, tenant_atomic
from core.statements import run
from tenants import audit
from tenants import services as tenants
from tenants.selectors import find_sandbox_id, get_shop, is_sandbox

_KEY = (
    "public", "secret_digest", "name", "scopes", "networks", "version", "made_at", "made_by",
    "expires_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A shop, as its sandbox is to be."""

    shelf: list[ProductCopy]
    tiers: list[TierCopy]
    partners: list[PartnerCopy]
    limits: Limits


def open_sandbox(*, by: Actor, now: datetime) -> int:
    """The bound shop's sandbox, made if there is none, with its goods, prices and partners as they
    are now; orders and keys that are there stay. In no transaction. Raises HostTaken."""
    with tenant_atomic():
        told = _Told(
            shelf=catalog.tell_shelf(),
            tiers=tell_tiers(),
            partners=tell_partners(),
            limits=pay_in_limits(),
        )
    twin_id = tenants.open_sandbox(by=by, now=now)
    with step_over(twin_id), tenant_atomic():
        _fill(told, by=by, now=now)
    with tenant_atomic():
        _note_filled(told, by=by, now=now)
    return twin_id


def _fill(told: _Told, *, by: Actor, now: datetime) -> None:
    # Two who bring it up to date at once do so one after the other.
    run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sandbox|{require_tenant()}"])
    skus = fill_shelf(told.shelf, by=by, now=now)
    tiers = mirror_tiers(told.tiers, skus)
    if told.limits != pay_in_limits():
        set_pay_in_limits(limits=told.limits, by=by, now=now)
    mirror_partners(told.partners, tiers=tiers, skus=skus, by=by, now=now)
    _note_filled(told, by=by, now=now)


def _note_filled(told: _Told, *, by: Actor, now: datetime) -> None:
    """In the sandbox's own log and in the shop's, whose people asked for it."""
    audit.record(
        by=by,
        action="sandbox.filled",
        target=get_shop().slug,
        now=now,
        data={"products": len(told.shelf), "partners": len(told.partners)},
    )


def reset_sandbox(*, by: Actor, now: datetime) -> int:
    """An empty sandbox, filled anew, in place of the bound shop's present one; its keys are good
    still. What was there is reached by nobody any more. In no transaction."""
    with in_sandbox():
        kept = [_told_key(key) for key in ApiKey.objects.filter(revoked_at=None).order_by("pk")]
    tenants.set_sandbox_aside(by=by, now=now)
    twin_id = open_sandbox(by=by, now=now)
    with step_over(twin_id), tenant_atomic():
        partners = dict(Partner.objects.values_list("ref", "pk"))
        ApiKey.objects.bulk_create(
            [ApiKey(partner_id=partners[ref], **key) for ref, key in kept if ref in partners]
        )
    return twin_id


def _told_key(key: ApiKey) -> tuple[str, dict[str, Any]]:
    return key.partner.ref, {name: getattr(key, name) for name in _KEY}


@contextmanager
def in_sandbox() -> Iterator[None]:
    """A transaction of the bound shop's sandbox: to list its keys, say, or to revoke one.
    In no other transaction. Raises NotFound where there is no sandbox."""
    twin_id = find_sandbox_id(tenant_id=require_tenant())
    if twin_id is None:
        raise NotFound
    with step_over(twin_id), tenant_atomic():
        yield


@tenant_atomic
def restock_sandbox(*, now: datetime) -> None:
    """The bound tenant, if it is a sandbox, does not run out of codes."""
    if is_sandbox():
        restock(by=SYSTEM, now=now)

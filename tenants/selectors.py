from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from core.crypto import digest
from core.errors import NotFound
from core.kept import Kept
from core.scope import require_tenant
from core.statements import run
from tenants.models import Domain, Member, Merchant, SavedView, User, Visit
from tenants.roles import has_right
from tenants.states import MerchantState
from tenants.types import Shop

# From one action to the next by the index: a log of millions has some two hundred.
_ACTIONS = """
    WITH RECURSIVE found AS (
        (SELECT action FROM tenants_auditrow WHERE tenant_id = %(tenant)s ORDER BY action LIMIT 1)
         UNION ALL
        SELECT next.action FROM found CROSS JOIN LATERAL (
               SELECT action FROM tenants_auditrow
                WHERE tenant_id = %(tenant)s AND action > found.action
                ORDER BY action LIMIT 1) AS next)
    SELECT action FROM found
"""
_are_sandboxes: Kept[bool] = Kept(most=10_000, at_least=3_600)


def find_shop(*, host: str) -> Shop | None:
    """The shop of a host (without port), open or suspended."""
    found = Domain.objects.filter(host=host.lower()).select_related("merchant").first()
    return _as_shop(found.merchant) if found else None


def get_shop() -> Shop:
    """The bound tenant's shop."""
    return _as_shop(Merchant.objects.get(pk=require_tenant()))


def zone_here(*, now: datetime) -> ZoneInfo:
    """The bound tenant's time zone; a change of it is seen within a minute."""
    return _zone(require_tenant(), int(now.timestamp()) // 60)


@lru_cache(maxsize=4096)
def _zone(tenant_id: int, minute: int) -> ZoneInfo:
    """Kept for a minute: every sale asks, and a merchant moves house rarely."""
    return ZoneInfo(get_shop().time_zone)


def find_sandbox_id(*, tenant_id: int) -> int | None:
    """The tenant in which this one's partners try things out, if it is open."""
    found = Merchant.objects.filter(sandbox_of_id=tenant_id, state=MerchantState.ACTIVE)
    return found.values_list("pk", flat=True).first()


def sandbox_ids() -> list[int]:
    """Every tenant for trying things out."""
    found = Merchant.objects.filter(sandbox_of__isnull=False, state=MerchantState.ACTIVE)
    return list(found.values_list("pk", flat=True))


def is_sandbox() -> bool:
    """Whether the bound tenant is one for trying things out; that never changes."""
    tenant_id = require_tenant()
    found = Merchant.objects.filter(pk=tenant_id, sandbox_of__isnull=False)
    return _are_sandboxes.get(tenant_id, found.exists)


def _as_shop(merchant: Merchant) -> Shop:
    return Shop(**{field.name: getattr(merchant, field.name) for field in fields(Shop)})


def actions_done() -> list[str]:
    """Each kind of action that the bound tenant's audit log has, sorted."""
    found = run(_ACTIONS, {"tenant": require_tenant()}, comes_again=False).rows
    return [action for (action,) in found]


def find_member(*, user_id: int) -> Member | None:
    return Member.objects.filter(user_id=user_id, is_active=True).first()


def user_has_right(*, user_id: int, right: str) -> bool:
    """Whether the user may do this at the bound tenant."""
    member = find_member(user_id=user_id)
    return member is not None and has_right(member.role, right)


def members() -> "QuerySet[Member]":
    return Member.objects.select_related("user").order_by("role", "joined_at")


def find_user(*, email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()


def shop_address(*, path: str) -> str:
    """The whole address of a path at the bound tenant's shop, for whoever is not its browser."""
    return address_at(host=primary_host(), path=path)


def partner_address(*, path: str) -> str:
    """Where partners call: the shop's address, for its sandbox as well."""
    shop = get_shop()
    return address_at(host=_host_of(shop.sandbox_of_id or shop.id), path=path)


def address_at(*, host: str, path: str) -> str:
    scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{scheme}://{host}{port}{path}"


def primary_host() -> str:
    """The bound tenant's main host."""
    return _host_of(require_tenant())


def _host_of(merchant_id: int) -> str:
    hosts = Domain.objects.filter(merchant_id=merchant_id).order_by("-is_primary", "pk")
    return hosts.values_list("host", flat=True)[0]


def due_to_look_around(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, tenant) of open shops, a few by chance each time: where there are more than `limit`,
    none waits for ever."""
    shops = Merchant.objects.using("ops").filter(state=MerchantState.ACTIVE, sandbox_of=None)
    return [(pk, pk) for pk in shops.order_by("?").values_list("pk", flat=True)[:limit]]


def saved_views(*, listing: str, member_id: int) -> QuerySet[SavedView]:
    """Of one list, the shop's first, then the member's own, each by its name."""
    theirs = Q(member_id=None) | Q(member_id=member_id)
    return SavedView.objects.filter(theirs, listing=listing).order_by("-member_id", "name", "pk")


def find_visit(*, ref: str, operator_id: int, now: datetime) -> Visit | None:
    """An operator's at the bound shop that has begun and is not over, with as whom it is."""
    found = Visit.objects.select_related("operator", "member__user").filter(
        ref=ref, operator_id=operator_id, began_at__isnull=False, until__gt=now
    )
    visit = found.filter(member__is_active=True, operator__is_active=True).first()
    return visit if visit is not None and visit.operator.is_operator else None


def get_waiting_visit(*, token: str, now: datetime, is_locked: bool = False) -> Visit:
    """The one that this token begins; raises NotFound for a link that was used, is over or never
    was, and when who it is for may not any more."""
    found = Visit.objects.select_related("operator", "member__user")
    if is_locked:
        found = found.select_for_update(no_key=True, of=("self",))
    visit = found.filter(token=digest(token), began_at=None, until__gt=now).first()
    if visit is None or not visit.member.is_active:
        raise NotFound
    if not (visit.operator.is_active and visit.operator.is_operator):
        raise NotFound
    return visit

"""Who is asking, and what their role at this shop lets them do."""

from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest
from django.utils import timezone

from core.actors import Actor
from core.callers import caller_ip
from core.errors import NotAllowed
from core.scope import tenant_atomic
from tenants.models import Member
from tenants.roles import has_right
from tenants.selectors import find_member
from tenants.types import Shop

# ASVS 7.5.3: who is about to see a secret has typed the password within these minutes.
FRESH = timedelta(minutes=5)
_UNREAD = object()


def shop_of(request: HttpRequest) -> Shop:
    shop: Shop = request.shop  # type: ignore[attr-defined]  # -- set by HostDecidesShop
    return shop


def member_of(request: HttpRequest) -> Member | None:
    """The signed-in person's membership at this host's shop; read once a request."""
    found = getattr(request, "_member", _UNREAD)
    if found is _UNREAD:
        found = _read_member(request)
        request._member = found  # type: ignore[attr-defined] # noqa: SLF001 -- our own mark
    return found  # type: ignore[return-value]


def _read_member(request: HttpRequest) -> Member | None:
    user = request.user
    if not user.is_authenticated or not user.is_active or not getattr(request, "shop", None):
        return None
    with tenant_atomic(savepoint=False):
        return find_member(user_id=user.pk)


def allows(request: HttpRequest, right: str) -> bool:
    member = member_of(request)
    return member is not None and has_right(member.role, right)


def require(request: HttpRequest, right: str) -> None:
    if not allows(request, right):
        raise NotAllowed


def actor_of(request: HttpRequest) -> Actor:
    user = request.user
    label = f"user:{user.pk} {user.get_username()}"
    return Actor(label[:80], user_id=user.pk, ip=caller_ip(request))


def is_fresh(request: HttpRequest) -> bool:
    """Whether the password was typed in this session within the last minutes."""
    records = get_authentication_records(request, request.user)
    typed = [record["at"] for record in records if record.get("method") == "password"]
    return bool(typed) and timezone.now().timestamp() - max(typed) < FRESH.total_seconds()

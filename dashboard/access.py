"""Who is asking, and what their role at this shop lets them do.

A partner's pages are looked at by the shop's staff, and in the console by the partner's own people:
guests, who have no role, and no right but at the pages of their own partner.
"""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from channels.models import Person, PersonSession
from channels.selectors import find_factor
from channels.services.people import actor_of as actor_of_person
from core.actors import Actor
from core.callers import caller_ip
from core.errors import NotAllowed
from core.scope import tenant_atomic
from dashboard.words import who
from tenants.models import Member, Visit
from tenants.roles import ALL_RIGHTS, VISITING, has_right
from tenants.selectors import find_member, find_visit
from tenants.types import Shop

# ASVS 7.5.3: who is about to see a secret has typed the password within these minutes.
FRESH = timedelta(minutes=5)
VISIT = "visit"  # where a session keeps it
_UNREAD = object()
_LOOK = frozenset({"partners.view", "money.view"})
_EDIT = _LOOK | {"partners.edit"}


@dataclass(frozen=True, slots=True)
class Guest:
    """One of a partner's own people in the console; `is_test`: looking at the sandbox."""

    session: PersonSession
    is_test: bool

    @property
    def person(self) -> Person:
        return self.session.person

    @property
    def ref(self) -> str:
        return self.person.partner.ref

    @property
    def mode(self) -> str:
        return "test" if self.is_test else "live"

    @property
    def is_asked_for_factor(self) -> bool:
        """Of what the sandbox shows, nothing is worth one."""
        return self.person.partner.demands_second_factor and not self.is_test

    def may(self, right: str) -> bool:
        """Raises KeyError for a right that no role knows."""
        if right not in ALL_RIGHTS:
            raise KeyError(right)
        return right in (_EDIT if self.person.may_edit else _LOOK)


def guest_of(request: HttpRequest) -> Guest | None:
    """Set by dashboard.guests, on the console's own pages only."""
    return getattr(request, "guest", None)


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
    ref = request.session.get(VISIT) if hasattr(request, "session") else None
    with tenant_atomic(savepoint=False):
        if ref is None:
            return find_member(user_id=user.pk)
        visit = find_visit(ref=ref, operator_id=user.pk, now=timezone.now())
    request._visit = visit  # type: ignore[attr-defined] # noqa: SLF001 -- our own mark
    return visit.member if visit else None  # a visit that is over leaves nobody


def visit_of(request: HttpRequest) -> Visit | None:
    """An operator's of the platform who looks in as the member; None for everybody else."""
    member_of(request)
    return getattr(request, "_visit", None)


def allows(request: HttpRequest, right: str) -> bool:
    guest = guest_of(request)
    if guest is not None:
        return guest.may(right)
    member = member_of(request)
    if member is None or (visit_of(request) and right not in VISITING):
        return False
    return has_right(member.role, right)


def require(request: HttpRequest, right: str) -> None:
    if not allows(request, right):
        raise NotAllowed


def actor_of(request: HttpRequest) -> Actor:
    guest = guest_of(request)
    if guest is not None:
        return actor_of_person(guest.person, ip=caller_ip(request))
    user, visit = request.user, visit_of(request)
    label = visit.label if visit else f"user:{user.pk} {user.get_username()}"
    return Actor(label[:80], user_id=user.pk, ip=caller_ip(request))


def has_factor(request: HttpRequest) -> bool:
    return bool(is_mfa_enabled(request.user, [Authenticator.Type.TOTP]))


def lacks_factor(request: HttpRequest) -> bool:
    """Whether a second factor is demanded that its person has not set up yet: by the shop, of a
    guest by his partner, and of the platform's operators always."""
    guest = guest_of(request)
    if guest is not None:
        return guest.is_asked_for_factor and find_factor(person_id=guest.person.pk) is None
    shop: Shop | None = getattr(request, "shop", None)
    is_demanded = shop is None or shop.demands_second_factor
    return is_demanded and not has_factor(request)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the password, or where there is one the second factor's code, was typed in this
    session within the last minutes."""
    guest = guest_of(request)
    if guest is not None:
        return has_typed_lately(guest.session) and not lacks_factor(request)
    if lacks_factor(request) or visit_of(request):
        return False
    records = get_authentication_records(request, request.user)
    wanted = "mfa" if has_factor(request) else "password"
    typed = [record["at"] for record in records if record.get("method") == wanted]
    return bool(typed) and timezone.now().timestamp() - max(typed) < FRESH.total_seconds()


def has_typed_lately(session: PersonSession) -> bool:
    """Whether a guest typed the password, or where there is one the second factor's code."""
    return timezone.now() - session.typed_at < FRESH


def known_as(request: HttpRequest, label: str) -> str:
    """`who`; a partner's people are not told which of the shop's staff it was."""
    if guest_of(request) is not None and label.startswith("user:"):
        return _("the shop")
    return who(label)

"""Merchants, their hosts and their members. Every write of this app is here or in audit.py."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.scope import bind, tenant_atomic
from core.states import check_move
from tenants import audit
from tenants.errors import AlreadyMember, HostTaken, LastOwner
from tenants.models import Domain, Member, Merchant, MerchantMove, User
from tenants.roles import Role
from tenants.states import MOVES, MerchantState

OPS = "ops"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMerchant:
    slug: str
    name: str
    host: str
    owner_email: str
    name_en: str = ""


def create_merchant(*, given: NewMerchant, by: Actor, now: datetime) -> Merchant:
    """Open a shop: merchant, host, owner. Runs as the operator (`ops`)."""
    with transaction.atomic(using=OPS):
        owner = _user_of(given.owner_email, using=OPS)
        try:
            with transaction.atomic(using=OPS):
                merchant = Merchant.objects.using(OPS).create(
                    slug=given.slug, name=given.name, name_en=given.name_en
                )
        except IntegrityError:
            raise HostTaken(_("This short name is taken."), param="slug") from None
        add_host(merchant=merchant, host=given.host, is_primary=True)
    with bind(merchant.pk), tenant_atomic():
        Member.objects.create(user=User.objects.get(pk=owner.pk), role=Role.OWNER)
        _remember(merchant, old="", new=MerchantState.ACTIVE, by=by, reason="created", now=now)
    return merchant


def add_host(*, merchant: Merchant, host: str, is_primary: bool = False) -> Domain:
    """Have a host lead to the merchant; raises HostTaken."""
    host = _clean_host(host)
    try:
        with transaction.atomic(using=OPS):
            return Domain.objects.using(OPS).create(
                host=host, merchant=merchant, is_primary=is_primary
            )
    except IntegrityError:
        raise HostTaken(_("This host belongs to a shop already."), param="host") from None


def suspend(*, merchant_id: int, by: Actor, reason: str, now: datetime) -> None:
    """Close the shop to shoppers and staff; paid orders are still delivered."""
    _move(merchant_id, MerchantState.SUSPENDED, by=by, reason=reason, now=now)


def reopen(*, merchant_id: int, by: Actor, reason: str, now: datetime) -> None:
    _move(merchant_id, MerchantState.ACTIVE, by=by, reason=reason, now=now)


def _move(merchant_id: int, new: MerchantState, *, by: Actor, reason: str, now: datetime) -> None:
    with bind(merchant_id), tenant_atomic():
        merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        old = MerchantState(merchant.state)
        check_move(MOVES, old, new)
        merchant.state = new
        merchant.save(update_fields=["state"])
        _remember(merchant, old=old, new=new, by=by, reason=reason, now=now)


def _remember(
    merchant: Merchant, *, old: str, new: str, by: Actor, reason: str, now: datetime
) -> None:
    MerchantMove.objects.create(old=old, new=new, by=by.label, reason=reason[:60], at=now)
    audit.record(by=by, action=f"merchant.{new}", target=merchant.slug, reason=reason, now=now)


@tenant_atomic
def invite(*, email: str, role: str, by: Actor, now: datetime) -> Member:
    """Give a person a role here. A new person gets an account without a password, which the
    password-reset mail lets them set; an existing account is never changed by a merchant."""
    user = _user_of(email)
    if Member.objects.filter(user=user).exists():
        raise AlreadyMember(_("This person is a member already."), param="email")
    member = Member.objects.create(user=user, role=Role(role))
    audit.record(by=by, action="member.invited", target=user.email, now=now, data={"role": role})
    return member


@tenant_atomic
def change_member(
    *, member_id: int, role: str, is_active: bool, by: Actor, now: datetime
) -> Member:
    """Change a role or end a membership; the last owner stays one."""
    # All owners are locked in one order, so that two owners cannot demote each other at once.
    owners = list(
        Member.objects.filter(role=Role.OWNER, is_active=True)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    member = Member.objects.select_for_update(no_key=True).get(pk=member_id)
    stays_owner = role == Role.OWNER and is_active
    if [owner.pk for owner in owners] == [member.pk] and not stays_owner:
        raise LastOwner(_("A shop needs an owner. Make somebody else owner first."))
    before = f"{member.role}/{member.is_active}"
    member.role, member.is_active = Role(role), is_active
    member.save(update_fields=["role", "is_active"])
    audit.record(
        by=by,
        action="member.changed",
        target=str(member.user_id),
        now=now,
        data={"before": before, "after": f"{role}/{is_active}"},
    )
    return member


SETTINGS = (
    "name", "name_en", "tagline", "tagline_en", "legal_name", "legal_name_en", "licence_line",
    "licence_line_en", "icp_line", "contact", "contact_en", "language", "theme", "logo",
)  # fmt: skip


@tenant_atomic
def change_settings(
    *, merchant_id: int, given: dict[str, object], by: Actor, now: datetime
) -> None:
    """Change what shoppers see of the shop; `given` holds only names from SETTINGS."""
    unknown = given.keys() - set(SETTINGS)
    if unknown:
        raise InvalidInput(_("This setting does not exist."), param=sorted(unknown)[0])
    Merchant.objects.filter(pk=merchant_id).update(**given)
    audit.record(by=by, action="settings.changed", target=",".join(sorted(given)), now=now)


def _user_of(email: str, *, using: str = "default") -> User:
    email = email.strip().lower()
    if "@" not in email:
        raise InvalidInput(_("Write a mail address."), param="email")
    found = User.objects.using(using).filter(email__iexact=email).first()
    if found:
        return found
    user = User(email=email)
    user.set_unusable_password()
    user.save(using=using)
    return user


def _clean_host(host: str) -> str:
    host = host.strip().lower().rstrip(".")
    if not host or any(c in host for c in "/: @") or len(host) > 253:
        raise InvalidInput(_("Write a host such as shop.example.com, without port."), param="host")
    return host

"""Merchants, their hosts and their members. Every write of this app is here or in audit.py."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.scope import bind, require_tenant, step_over, tenant_atomic
from core.states import check_move
from tenants import audit
from tenants.errors import AlreadyMember, HostTaken, LastOwner
from tenants.models import Domain, Member, Merchant, MerchantMove, User
from tenants.roles import Role
from tenants.selectors import primary_host
from tenants.states import MOVES, MerchantState

OPS = "ops"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMerchant:
    slug: str
    name: str
    host: str
    owner_email: str
    name_en: str = ""
    demands_second_factor: bool = True


def create_merchant(*, given: NewMerchant, by: Actor, now: datetime) -> Merchant:
    """Open a shop: merchant, host, owner. Runs as the operator (`ops`)."""
    with transaction.atomic(using=OPS):
        owner = _user_of(given.owner_email, using=OPS)
        try:
            with transaction.atomic(using=OPS):
                merchant = Merchant.objects.using(OPS).create(
                    slug=given.slug,
                    name=given.name,
                    name_en=given.name_en,
                    demands_second_factor=given.demands_second_factor,
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
    """Close the shop to shoppers and staff; paid orders are still delivered. Its sandbox too."""
    _move_with_sandbox(merchant_id, MerchantState.SUSPENDED, by=by, reason=reason, now=now)


def reopen(*, merchant_id: int, by: Actor, reason: str, now: datetime) -> None:
    _move_with_sandbox(merchant_id, MerchantState.ACTIVE, by=by, reason=reason, now=now)


def _move_with_sandbox(
    merchant_id: int, new: MerchantState, *, by: Actor, reason: str, now: datetime
) -> None:
    _move(merchant_id, new, by=by, reason=reason, now=now)
    twin = _find_twin(merchant_id)
    if twin is not None and twin.state != new:
        _move(twin.pk, new, by=by, reason=reason, now=now)


def _move(merchant_id: int, new: MerchantState, *, by: Actor, reason: str, now: datetime) -> None:
    with step_over(merchant_id), tenant_atomic():
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


TEST = "test"  # what a sandbox's short name and host end with
_LOOK = (
    "tagline", "tagline_en", "legal_name", "legal_name_en", "licence_line", "licence_line_en",
    "contact", "contact_en", "language", "theme", "currency", "time_zone",
)  # fmt: skip


def open_sandbox(*, by: Actor, now: datetime) -> int:
    """The bound shop's tenant for trying things out, made if there is none; with the shop's look
    and staff as they are now. Outside any transaction: it writes for two tenants in turn."""
    shop = Merchant.objects.get(pk=require_tenant())
    if shop.sandbox_of_id is not None:
        raise InvalidInput(_("This shop is a sandbox itself."))
    with tenant_atomic():
        staff = list(Member.objects.order_by("pk"))
    found = _find_twin(shop.pk)
    twin = found or _make_twin(shop)
    with step_over(twin.pk), tenant_atomic():
        look = {name: getattr(shop, name) for name in _LOOK} | _names_of_twin(shop)
        Merchant.objects.filter(pk=twin.pk).update(**look)
        for member in staff:
            given = {"role": member.role, "is_active": member.is_active}
            Member.objects.update_or_create(user_id=member.user_id, defaults=given)
        if found is None:
            _remember(twin, old="", new=MerchantState.ACTIVE, by=by, reason="sandbox", now=now)
    return twin.pk


def set_sandbox_aside(*, by: Actor, now: datetime) -> None:
    """The bound shop's sandbox is reached by nobody any more, and another one can be opened.

    Its rows stay where they are: a ledger and an audit log lose none.
    """
    twin = _find_twin(require_tenant())
    if twin is None:
        return
    with transaction.atomic(using=OPS):
        Domain.objects.using(OPS).filter(merchant=twin).delete()
        Merchant.objects.using(OPS).filter(pk=twin.pk).update(slug=f"{TEST}-{twin.pk}")
    _move(twin.pk, MerchantState.SET_ASIDE, by=by, reason="reset", now=now)


def _find_twin(merchant_id: int) -> Merchant | None:
    found = Merchant.objects.filter(sandbox_of_id=merchant_id)
    return found.exclude(state=MerchantState.SET_ASIDE).first()


def _make_twin(shop: Merchant) -> Merchant:
    """Raises HostTaken when its short name or host is another shop's."""
    first, _dot, rest = primary_host().partition(".")
    slug = f"{shop.slug[:35]}-{TEST}"
    try:
        with transaction.atomic(using=OPS):
            twin = Merchant.objects.using(OPS).create(
                slug=slug, sandbox_of_id=shop.pk, **_names_of_twin(shop)
            )
            add_host(merchant=twin, host=f"{first}-{TEST}.{rest}", is_primary=True)
    except IntegrityError:
        found = _find_twin(shop.pk)  # somebody was faster
        if found is None:
            raise HostTaken(_("The sandbox's short name is taken."), param="slug") from None
        return found
    return twin


def _names_of_twin(shop: Merchant) -> dict[str, str]:
    english = f"{shop.name_en[:52]} (test)" if shop.name_en else ""
    return {"name": f"{shop.name[:54]}（沙盒）", "name_en": english}


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


@tenant_atomic
def hide_guide(*, member_id: int, is_hidden: bool, by: Actor, now: datetime) -> None:
    """A person's own taste: nothing that the audit log has to know."""
    Member.objects.filter(pk=member_id).update(guide_hidden_at=now if is_hidden else None)


SETTINGS = (
    "name", "name_en", "tagline", "tagline_en", "legal_name", "legal_name_en", "licence_line",
    "licence_line_en", "icp_line", "contact", "contact_en", "language", "theme", "logo",
    "demands_second_factor",
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

"""Merchants, their hosts and their members. Every write of this app is here or in audit.py."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.outbox import emit
from core.scope import bind, require_tenant, step_over, tenant_atomic
from core.states import check_move
from tenants import audit
from tenants.errors import HostTaken
from tenants.events import TimeZoneChanged
from tenants.models import Domain, Member, Merchant, MerchantMove, User
from tenants.roles import Role
from tenants.selectors import primary_host
from tenants.services.members import user_of
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
        owner = user_of(given.owner_email, using=OPS)
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
        if twin.time_zone != shop.time_zone:
            emit(TimeZoneChanged(merchant_id=twin.pk))
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


SETTINGS = (
    "name", "name_en", "tagline", "tagline_en", "legal_name", "legal_name_en", "licence_line",
    "licence_line_en", "icp_line", "contact", "contact_en", "language", "theme", "logo",
    "demands_second_factor", "time_zone",
)  # fmt: skip


@tenant_atomic
def change_settings(
    *, merchant_id: int, given: dict[str, object], by: Actor, now: datetime
) -> None:
    """Change what shoppers see of the shop; `given` holds only names from SETTINGS."""
    unknown = given.keys() - set(SETTINGS)
    if unknown:
        raise InvalidInput(_("This setting does not exist."), param=sorted(unknown)[0])
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
    if given.get("time_zone", merchant.time_zone) != merchant.time_zone:
        _check_zone(str(given["time_zone"]))
        emit(TimeZoneChanged(merchant_id=merchant_id))
    Merchant.objects.filter(pk=merchant_id).update(**given)
    audit.record(by=by, action="settings.changed", target=",".join(sorted(given)), now=now)


def _clean_host(host: str) -> str:
    host = host.strip().lower().rstrip(".")
    if not host or any(c in host for c in "/: @") or len(host) > 253:
        raise InvalidInput(_("Write a host such as shop.example.com, without port."), param="host")
    return host


def _check_zone(name: str) -> None:
    if name not in available_timezones():
        raise InvalidInput(_("There is no such time zone."), param="time_zone")

"""Partners: the terms they buy on, and whether they may."""

from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from channels.errors import PartnerNameTaken
from channels.models import Partner, PartnerDay, PartnerMove, PartnerOrder, PartnerSku
from channels.states import PARTNER_MOVES, LossGuard, PartnerState
from channels.types import PartnerTerms
from core.actors import Actor
from core.errors import InvalidInput
from core.money import MOST_E4
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from inventory.selectors import today_here
from payments import services as payments
from payments.states import AccountKind
from tenants import audit
from tenants.selectors import get_shop, zone_here

LONGEST_NAME = 60


@tenant_atomic
def create_partner(*, terms: PartnerTerms, by: Actor, now: datetime) -> Partner:
    """A partner with an empty balance of its own. Raises InvalidInput, PartnerNameTaken."""
    columns = _columns(terms)
    ref = new_ref()
    account = payments.open_account(
        kind=AccountKind.PARTNER, owner_ref=ref, currency=get_shop().currency,
        floor_e4=-terms.credit_e4,
    )  # fmt: skip
    try:
        with transaction.atomic():
            partner = Partner.objects.create(ref=ref, account=account, made_at=now, **columns)
    except IntegrityError:
        raise _taken() from None
    _list_skus(partner, terms.sku_ids)
    audit.record(by=by, action="partner.created", target=partner.ref, now=now)
    return partner


@tenant_atomic
def change_partner(*, partner_id: int, terms: PartnerTerms, by: Actor, now: datetime) -> Partner:
    """On other terms from now on. Raises InvalidInput, PartnerNameTaken, BalanceTooLow."""
    columns = _columns(terms)
    partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_id)
    before = {name: getattr(partner, name) for name in columns}
    changed = sorted(name for name in columns if before[name] != columns[name])
    payments.set_floor(account_id=partner.account_id, floor_e4=-terms.credit_e4)
    for name, value in columns.items():
        setattr(partner, name, value)
    try:
        with transaction.atomic():
            partner.save(update_fields=sorted(columns))
    except IntegrityError:
        raise _taken() from None
    if columns["daily_limit_e4"] and not before["daily_limit_e4"]:
        _count_day(partner, now=now)
    changed += ["skus"] if _list_skus(partner, terms.sku_ids) else []
    audit.record(
        by=by,
        action="partner.changed",
        target=partner.ref,
        now=now,
        data={"changed": ",".join(changed), "credit_e4": terms.credit_e4},
    )
    return partner


def _count_day(partner: Partner, *, now: datetime) -> None:
    """A limit that is set at noon knows of the morning, which nobody counted: a count of each sale
    would have the sales of one partner wait for each other. What is being sold just now, under the
    terms of before, is not in it."""
    day = today_here(now=now)
    begins = datetime.combine(day, time.min, zone_here(now=now))
    sold = PartnerOrder.objects.filter(partner=partner, made_at__gte=begins)
    spent = sold.aggregate(spent=Sum("order__total_e4"))["spent"] or 0
    PartnerDay.objects.update_or_create(partner=partner, day=day, defaults={"spent_e4": spent})


def _list_skus(partner: Partner, sku_ids: tuple[int, ...] | None) -> bool:
    """What it may buy is these from now on; whether that is another list than before."""
    if sku_ids is None:
        return False
    listed = set(partner.skus.values_list("sku_id", flat=True))
    wanted = set(sku_ids)
    partner.skus.exclude(sku_id__in=wanted).delete()
    PartnerSku.objects.bulk_create(
        [PartnerSku(partner=partner, sku_id=sku_id) for sku_id in sorted(wanted - listed)]
    )
    return listed != wanted


def _taken() -> PartnerNameTaken:
    return PartnerNameTaken(_("Another partner has this name."), param="name")


def _columns(terms: PartnerTerms) -> dict[str, object]:
    name = terms.name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(
            _("Write a name of 1 to %(most)s characters.") % {"most": LONGEST_NAME}, param="name"
        )
    for param in ("credit_e4", "daily_limit_e4", "low_balance_e4"):
        if not 0 <= getattr(terms, param) <= MOST_E4:
            raise InvalidInput(_("Write an amount above zero, or none."), param=param)
    return {
        "name": name,
        "contact": terms.contact.strip()[:200],
        "tier_id": terms.tier_id,
        "sells_all": terms.sells_all,
        "daily_limit_e4": terms.daily_limit_e4,
        "low_balance_e4": terms.low_balance_e4,
        "loss_guard": LossGuard(terms.loss_guard),
        "most_per_second": terms.most_per_second,
    }


@tenant_atomic
def suspend_partner(*, partner_id: int, by: Actor, reason: str, now: datetime) -> None:
    """Its keys are refused; what it has paid is still delivered."""
    _move(partner_id, PartnerState.SUSPENDED, by=by, reason=reason, now=now)


@tenant_atomic
def reopen_partner(*, partner_id: int, by: Actor, reason: str, now: datetime) -> None:
    _move(partner_id, PartnerState.ACTIVE, by=by, reason=reason, now=now)


def _move(partner_id: int, new: PartnerState, *, by: Actor, reason: str, now: datetime) -> None:
    partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_id)
    old = PartnerState(partner.state)
    check_move(PARTNER_MOVES, old, new)
    partner.state = new
    partner.save(update_fields=["state"])
    PartnerMove.objects.create(
        partner=partner, old=old, new=new, by=by.label[:80], reason=reason[:60], at=now
    )
    audit.record(by=by, action=f"partner.{new}", target=partner.ref, reason=reason, now=now)

"""Partners, and the tiers that make their prices."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from channels.errors import PartnerNameTaken
from channels.models import Partner, PartnerMove, PriceTier, TierPrice
from channels.models.partners import MOST_RATE
from channels.states import PARTNER_MOVES, PartnerState, PriceWay
from channels.types import PartnerTerms, TierTerms
from core.actors import Actor
from core.errors import InvalidInput
from core.money import MOST_E4
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from payments import services as payments
from payments.states import AccountKind
from tenants import audit
from tenants.selectors import get_shop

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
    audit.record(
        by=by,
        action="partner.changed",
        target=partner.ref,
        now=now,
        data={"changed": ",".join(changed), "credit_e4": terms.credit_e4},
    )
    return partner


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


@tenant_atomic
def save_tier(*, ref: str = "", terms: TierTerms, by: Actor, now: datetime) -> PriceTier:
    """A new tier, or the tier `ref` on other terms."""
    name = terms.name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(
            _("Write a name of 1 to %(most)s characters.") % {"most": LONGEST_NAME}, param="name"
        )
    if not (0 < terms.rate <= MOST_RATE and 0 <= terms.floor_rate <= MOST_RATE):
        raise InvalidInput(_("Write a share between 0 and 10,000 %."), param="rate")
    columns = {
        "name": name,
        "way": PriceWay(terms.way),
        "rate": terms.rate,
        "floor_rate": terms.floor_rate,
    }
    try:
        with transaction.atomic():
            if ref:
                tier = PriceTier.objects.get(ref=ref)
                for column, value in columns.items():
                    setattr(tier, column, value)
                tier.save(update_fields=sorted(columns))
            else:
                tier = PriceTier.objects.create(ref=new_ref(), **columns)
    except IntegrityError:
        raise PartnerNameTaken(_("Another tier has this name."), param="name") from None
    audit.record(by=by, action="tier.saved", target=tier.ref, now=now, data={"rate": terms.rate})
    return tier


@tenant_atomic
def set_tier_price(
    *, tier_id: int, sku_id: int, price_e4: int, by: Actor, now: datetime
) -> TierPrice:
    """A SKU's own price in the tier, instead of what its rate makes."""
    if not 0 < price_e4 <= MOST_E4:
        raise InvalidInput(_("Write an amount above zero."), param="price")
    price, _made = TierPrice.objects.update_or_create(
        tier_id=tier_id, sku_id=sku_id, defaults={"price_e4": price_e4}
    )
    audit.record(
        by=by, action="tier.priced", target=f"sku:{sku_id}", now=now, data={"price_e4": price_e4}
    )
    return price


@tenant_atomic
def drop_tier_price(*, tier_id: int, sku_id: int, by: Actor, now: datetime) -> None:
    """The tier's rate makes the SKU's price again."""
    if TierPrice.objects.filter(tier_id=tier_id, sku_id=sku_id).delete()[0]:
        audit.record(by=by, action="tier.unpriced", target=f"sku:{sku_id}", now=now)

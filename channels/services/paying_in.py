"""Money that a partner pays into its balance by a payment provider: asked for, and come."""

import re
from dataclasses import asdict
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from channels.errors import DailyPaymentsReached, NoWayToPay, PartnerSuspended, TooManyUnpaid
from channels.events import BalanceCredited
from channels.models import Partner, PayInLimits, PaymentIn
from channels.selectors import asked_since, pay_in_limits
from channels.selectors.payments_in import LEAST_IN_E4, MOST_IN_E4, Limits
from channels.states import PartnerState
from core.actors import Actor
from core.addresses import LONGEST_URL, PUBLIC_URL
from core.errors import InvalidInput
from core.money import E4, MINOR_DIGITS, MOST_E4, Money, write_e4
from core.outbox import emit
from core.refs import new_ref, new_token
from core.scope import require_tenant, tenant_atomic
from inventory.selectors import today_here
from payments import services as payments
from tenants import audit
from tenants.selectors import get_shop, zone_here

# What `Limits` allows whatever a shop says, in a description's words, for currencies with cents.
PAYABLE = r"^(([1-9][0-9]{0,4}|[1-4][0-9]{5})(\.[0-9]{1,2}0{0,2})?|500000(\.0{1,4})?)$"
TIME_TO_PAY = timedelta(hours=24)  # a link goes to a bookkeeper, who pays when he is at work
MOST_UNPAID = 20
LONGEST_REFERENCE = 80


@tenant_atomic
def ask_payment(
    *,
    partner_id: int,
    amount_e4: int,
    reference: str = "",
    return_url: str = "",
    by: Actor,
    now: datetime,
) -> PaymentIn:
    """A page where so much can be paid into the partner's balance; nothing is booked yet.

    Raises InvalidInput, which names the field, PartnerSuspended, NoWayToPay, TooManyUnpaid or
    DailyPaymentsReached.
    """
    # The row is the lock: of many at once, none is one too many.
    partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_id)
    if partner.state != PartnerState.ACTIVE:
        raise PartnerSuspended(_("This partner is suspended. Reopen it first."))
    if not payments.ways_to_pay():
        raise NoWayToPay(_("This shop takes no online payment at the moment. Send a transfer."))
    currency, limits = get_shop().currency, pay_in_limits()
    _check_amount(amount_e4, limits, currency)
    reference, return_url = reference.strip(), return_url.strip()
    _check_words(reference, return_url)
    waiting = PaymentIn.objects.filter(partner=partner, paid_at=None, expires_at__gt=now)
    if waiting.count() >= MOST_UNPAID:
        raise TooManyUnpaid(
            _("%(most)s payments wait to be paid already. Pay those, or let them expire.")
            % {"most": MOST_UNPAID}
        )
    if limits.daily_e4:
        _check_day(partner, amount_e4, limits, currency, now=now)
    asked = PaymentIn.objects.create(
        ref=f"BP{new_ref()}",
        token=new_token(),
        partner=partner,
        amount_e4=amount_e4,
        currency=currency,
        reference=reference,
        return_url=return_url,
        asked_by=by.label[:80],
        asked_at=now,
        expires_at=now + TIME_TO_PAY,
    )
    _record("payment_in.asked", asked, by=by, now=now)
    return asked


@tenant_atomic
def take_payment(*, payable_id: int, number: str, by: Actor, now: datetime) -> bool:
    """The money is here, and booked by its payment; in time or late, it is the partner's.

    The same payment again changes nothing. False: it was paid before by another one, and this
    money is one too many.
    """
    rows = PaymentIn.objects.select_for_update(of=("self",), no_key=True)
    asked = rows.select_related("partner").get(pk=-payable_id)
    if asked.paid_at is not None:
        return asked.number == number
    asked.paid_at, asked.number = now, number
    asked.save(update_fields=["paid_at", "number"])
    _record("payment_in.paid", asked, by=by, now=now)
    emit(BalanceCredited(partner_id=asked.partner_id, entry_ref=f"capture:{number}"))
    return True


@tenant_atomic
def set_pay_in_limits(*, limits: Limits, by: Actor, now: datetime) -> None:
    """From now on; what was asked for before is taken. Raises InvalidInput."""
    currency = get_shop().currency
    if not LEAST_IN_E4 <= limits.least_e4 <= MOST_IN_E4:
        raise _out_of_reach("least_e4", currency)
    if not limits.least_e4 <= limits.most_e4 <= MOST_IN_E4:
        raise _out_of_reach("most_e4", currency, least_e4=limits.least_e4)
    if limits.daily_e4 and not limits.least_e4 <= limits.daily_e4 <= MOST_E4:
        raise InvalidInput(
            _("A day has room for one payment at least, or no limit."), param="daily_e4"
        )
    told = asdict(limits)
    PayInLimits.objects.update_or_create(tenant_id=require_tenant(), defaults=told)
    audit.record(by=by, action="payment_in.limits", target="", now=now, data=told)


def _out_of_reach(param: str, currency: str, *, least_e4: int = LEAST_IN_E4) -> InvalidInput:
    told = {"least": Money(least_e4, currency), "most": Money(MOST_IN_E4, currency)}
    return InvalidInput(_("Write an amount from %(least)s to %(most)s.") % told, param=param)


def _check_amount(amount_e4: int, limits: Limits, currency: str) -> None:
    step = E4 // 10 ** MINOR_DIGITS.get(currency, 2)
    if not limits.least_e4 <= amount_e4 <= limits.most_e4 or amount_e4 % step:
        least, most = (Money(each, currency) for each in (limits.least_e4, limits.most_e4))
        raise InvalidInput(
            _("Pay between %(least)s and %(most)s at once, in whole cents.")
            % {"least": least, "most": most},
            param="amount",
            least=write_e4(limits.least_e4),
            most=write_e4(limits.most_e4),
        )


def _check_day(
    partner: Partner, amount_e4: int, limits: Limits, currency: str, *, now: datetime
) -> None:
    """What waits to be paid counts as paid: else a page of today would be one of tomorrow."""
    begin = datetime.combine(today_here(now=now), time.min, zone_here(now=now))
    asked_e4 = asked_since(partner_id=partner.pk, begin=begin, now=now)
    left_e4 = max(limits.daily_e4 - asked_e4, 0)
    if amount_e4 > left_e4:
        told = {"most": Money(limits.daily_e4, currency), "left": Money(left_e4, currency)}
        raise DailyPaymentsReached(
            _(
                "This shop takes %(most)s a day online, and %(left)s of it are left. Pay less, or "
                "send a transfer."
            )
            % told,
            param="amount",
            limit=write_e4(limits.daily_e4),
            left=write_e4(left_e4),
        )


def _check_words(reference: str, return_url: str) -> None:
    if len(reference) > LONGEST_REFERENCE or "\0" in reference:
        raise InvalidInput(
            _("Write at most %(most)s characters.") % {"most": LONGEST_REFERENCE},
            param="reference",
        )
    is_public = len(return_url) <= LONGEST_URL and re.fullmatch(PUBLIC_URL, return_url, re.ASCII)
    if return_url and not is_public:
        raise InvalidInput(
            _("Write a public address with https, such as https://shop.example.com/paid."),
            param="return_url",
        )


def _record(action: str, asked: PaymentIn, *, by: Actor, now: datetime) -> None:
    told: dict[str, str | int | None] = {"payment": asked.ref, "amount_e4": asked.amount_e4}
    audit.record(by=by, action=action, target=asked.partner.ref, data=told, now=now)

"""Money that a partner pays into its balance by a payment provider: asked for, and come."""

import re
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from channels.errors import NoWayToPay, PartnerSuspended, TooManyUnpaid
from channels.events import BalanceCredited
from channels.models import Partner, PaymentIn
from channels.states import PartnerState
from core.actors import Actor
from core.addresses import LONGEST_URL, PUBLIC_URL
from core.errors import InvalidInput
from core.money import E4, MINOR_DIGITS, Money
from core.outbox import emit
from core.refs import new_ref, new_token
from core.scope import tenant_atomic
from payments import services as payments
from tenants import audit
from tenants.selectors import get_shop

LEAST_E4, MOST_E4 = 1 * E4, 500_000 * E4
# The same in a description's words, for currencies with cents.
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

    Raises InvalidInput, which names the field, PartnerSuspended, NoWayToPay or TooManyUnpaid.
    """
    # The row is the lock: of many at once, none is one too many.
    partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_id)
    if partner.state != PartnerState.ACTIVE:
        raise PartnerSuspended(_("This partner is suspended. Reopen it first."))
    if not payments.ways_to_pay():
        raise NoWayToPay(_("This shop takes no online payment at the moment. Send a transfer."))
    currency = get_shop().currency
    _check_amount(amount_e4, currency)
    reference, return_url = reference.strip(), return_url.strip()
    _check_words(reference, return_url)
    waiting = PaymentIn.objects.filter(partner=partner, paid_at=None, expires_at__gt=now)
    if waiting.count() >= MOST_UNPAID:
        raise TooManyUnpaid(
            _("%(most)s payments wait to be paid already. Pay those, or let them expire.")
            % {"most": MOST_UNPAID}
        )
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


def _check_amount(amount_e4: int, currency: str) -> None:
    step = E4 // 10 ** MINOR_DIGITS.get(currency, 2)
    if not LEAST_E4 <= amount_e4 <= MOST_E4 or amount_e4 % step:
        raise InvalidInput(
            _("Pay between %(least)s and %(most)s at once, in whole cents.")
            % {"least": Money(LEAST_E4, currency), "most": Money(MOST_E4, currency)},
            param="amount",
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

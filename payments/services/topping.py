"""Money from outside onto a balance, and what puts a balance right that was wrong."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.money import MOST_E4
from core.scope import tenant_atomic
from payments.models import Account, Journal
from payments.services.ledger import accounts_named, line, post
from payments.states import AccountKind
from payments.types import Line


@tenant_atomic
def top_up_balance(
    *, account_id: int, amount_e4: int, ref: str, by: Actor, now: datetime
) -> Journal:
    """Put money from outside on a balance; the same `ref` again is the same top-up."""
    if not 0 < amount_e4 <= MOST_E4:
        raise InvalidInput(_("Write an amount above zero."), param="amount")
    account = Account.objects.get(pk=account_id)
    return post(
        ref=f"top-up:{ref}",
        kind="top_up",
        lines=_from_outside(account, amount_e4),
        currency=account.currency,
        by=by,
        now=now,
    )


@tenant_atomic
def correct_balance(
    *, account_id: int, amount_e4: int, ref: str, by: Actor, now: datetime
) -> Journal:
    """A balance was wrong by so much, below zero for too much; the same `ref` again is the same
    correction. Raises BalanceTooLow."""
    if not 0 < abs(amount_e4) <= MOST_E4:
        raise InvalidInput(_("Write an amount above zero."), param="amount")
    account = Account.objects.get(pk=account_id)
    return post(
        ref=f"correction:{ref}",
        kind="correction",
        lines=_from_outside(account, amount_e4),
        currency=account.currency,
        by=by,
        now=now,
    )


def _from_outside(account: Account, amount_e4: int) -> list[Line]:
    name = (AccountKind.FUNDING, "")
    funding = accounts_named([name], currency=account.currency)[name]
    return [line(funding, -amount_e4), line(account, amount_e4)]

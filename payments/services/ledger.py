"""The ledger. Every journal is written here: one row, its lines in one insert, balances with it.

A line is value into (+) or out of (-) an account. Accounts that must not go below a floor keep a
balance row, moved by one conditional update; all others are the sum of their entries and are never
locked, so a hundred sales at once do not queue for the merchant's revenue.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.money import MOST_E4, write_e4
from core.rows import draft, fetch
from core.scope import require_tenant, tenant_atomic
from core.sheets import Sheet
from payments.errors import BalanceTooLow
from payments.models import Account, Balance, Entry, Journal, Payment
from payments.selectors import floored_balance
from payments.states import AccountKind
from payments.types import Booking, Cost, Line

FLOORED = frozenset(
    {AccountKind.SHOPPER, AccountKind.PARTNER, AccountKind.POOL, AccountKind.SUPPLIER}
)
AccountName = tuple[AccountKind, str]
_MOVE_BALANCE = "payments_move_balance(%s, %s, %s)"  # see its migration
_MOST_KNOWN = 1_000
_known: dict[tuple[int, tuple[AccountName, ...], str], dict[AccountName, Account]] = {}
_by_id: dict[tuple[int, int], Account] = {}


@tenant_atomic
def open_account(
    *, kind: AccountKind, owner_ref: str = "", currency: str, floor_e4: int = 0
) -> Account:
    """The owner's account, opened if there is none; `floor_e4` counts only when it is opened
    (below zero: a credit line)."""
    account = accounts_named([(kind, owner_ref)], currency=currency)[kind, owner_ref]
    if kind in FLOORED:
        Balance.objects.bulk_create(
            [Balance(account=account, floor_e4=floor_e4)], ignore_conflicts=True
        )
    return account


@tenant_atomic
def set_floor(*, account_id: int, floor_e4: int) -> None:
    """The account may go down to this from now on (below zero: a credit line). Raises BalanceTooLow
    where it is below that already."""
    kept = Balance.objects.filter(account_id=account_id, balance_e4__gte=floor_e4)
    if kept.update(floor_e4=floor_e4) == 0:
        raise BalanceTooLow(_("More than that is owed already. Leave the credit line as it is."))


def accounts_named(names: Sequence[AccountName], *, currency: str) -> dict[AccountName, Account]:
    """The accounts of these names, those that are missing made on the way."""
    key = (require_tenant(), tuple(names), currency)
    known = _known.get(key)
    if known is not None:
        return known
    found = _accounts(names, currency=currency)
    missing = [name for name in names if name not in found]
    if missing:
        Account.objects.bulk_create(
            [Account(kind=kind, owner_ref=owner, currency=currency) for kind, owner in missing],
            ignore_conflicts=True,
        )
        found = _accounts(names, currency=currency)
    # Not before it is certain that they are there. An account never changes after that.
    transaction.on_commit(lambda: _remember(key, found))
    return found


def _remember(
    key: tuple[int, tuple[AccountName, ...], str], found: dict[AccountName, Account]
) -> None:
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[key] = found


def account_of(*, account_id: int) -> Account:
    """The account with this key; one that was read once is at hand, since it never changes."""
    key = (require_tenant(), account_id)
    known = _by_id.get(key)
    if known is not None:
        return known
    found = Account.objects.get(pk=account_id)
    if len(_by_id) >= _MOST_KNOWN:
        _by_id.clear()
    transaction.on_commit(lambda: _by_id.__setitem__(key, found))
    return found


def target_of(payment: Payment) -> AccountName:
    """Whose money a payment brings: the merchant's, unless it is paid into a balance."""
    if payment.into_id is None:
        return AccountKind.REVENUE, ""
    account = account_of(account_id=payment.into_id)
    return AccountKind(account.kind), account.owner_ref


def line(account: Account, amount_e4: int) -> Line:
    """A line on an account that is at hand."""
    has_floor = account.kind in FLOORED
    return Line(account_id=account.pk, amount_e4=amount_e4, has_floor=has_floor)


def _accounts(names: Sequence[AccountName], *, currency: str) -> dict[AccountName, Account]:
    kinds, owners = [kind for kind, _owner in names], [owner for _kind, owner in names]
    tail = "kind = ANY(%s) AND owner_ref = ANY(%s) AND currency = %s"
    rows = fetch(Account, tail, kinds, owners, currency)
    return {(AccountKind(row.kind), row.owner_ref): row for row in rows}


@tenant_atomic
def post(
    *, ref: str, kind: str, lines: Iterable[Line], currency: str, by: Actor, now: datetime
) -> Journal:
    """Book one event; the same `ref` again is the first journal, unchanged.

    Raises BalanceTooLow where an account would go below its floor: nothing is booked then.
    """
    found = Journal.objects.filter(ref=ref).first()
    if found is not None:
        return found
    try:
        with tenant_atomic():
            return write(ref=ref, kind=kind, lines=lines, currency=currency, by=by, now=now)
    except IntegrityError:
        # Another one booked the same event a moment ago, or the lines are wrong: then it is a bug.
        twin = Journal.objects.filter(ref=ref).first()
        if twin is None:
            raise
        return twin


def write(
    *, ref: str, kind: str, lines: Iterable[Line], currency: str, by: Actor, now: datetime
) -> Journal:
    """`post` for callers inside a transaction that have a gate of their own."""
    sheet = Sheet()
    booking = Booking(ref=ref, kind=kind, lines=tuple(lines), currency=currency, by=by)
    journal = book(sheet, booking, now=now)
    sheet.write()
    return journal


def book(sheet: Sheet, booking: Booking, *, now: datetime) -> Journal:
    """Put the journal, its entries and what it does to balances on the caller's sheet.

    When that is written, BalanceTooLow is raised where an account would go below its floor.
    """
    lines = sorted((one for one in booking.lines if one.amount_e4), key=lambda one: one.account_id)
    if sum(one.amount_e4 for one in lines):
        raise ValueError(f"{booking.ref} does not sum to zero")
    _move_balances(sheet, lines)
    journal = draft(Journal, ref=booking.ref, kind=booking.kind, by=booking.by.label[:80], at=now)
    sheet.insert(journal)
    for one in lines:
        sheet.note(
            Entry,
            journal=journal,
            account_id=one.account_id,
            amount_e4=one.amount_e4,
            currency=booking.currency,
        )
    return journal


def _move_balances(sheet: Sheet, lines: Sequence[Line]) -> None:
    """In the order of the accounts, so that two journals never wait for each other in a circle.

    One conditional update each, with the sheet and so right before the commit: a balance that many
    pay from at once is locked as shortly as can be.
    """
    for one in lines:
        if one.has_floor:
            given = [require_tenant(), one.account_id, one.amount_e4]
            sheet.ask(_MOVE_BALANCE, given, partial(_refuse_too_little, one))


def _refuse_too_little(line: Line, is_moved: bool | None) -> None:  # noqa: FBT001 -- what the database said
    """None is an account without a balance row: nothing holds it up."""
    if is_moved is False:
        balance_e4, floor_e4 = floored_balance(account_id=line.account_id)
        raise BalanceTooLow(
            _("The balance is too low. Top it up and try again."),
            needed=write_e4(-line.amount_e4),
            available=write_e4(max(balance_e4 - floor_e4, 0)),
        )


@tenant_atomic
def book_supplier_payment(
    *, supplier_ref: str, amount_e4: int, currency: str, ref: str, by: Actor, now: datetime
) -> Journal:
    """Money was sent to a supplier; the same `ref` again is the same payment."""
    if not 0 < amount_e4 <= MOST_E4:
        raise InvalidInput(_("Write an amount above zero."), param="amount")
    lines = _to_supplier(supplier_ref, amount_e4, currency)
    return post(
        ref=f"supplier:{supplier_ref}:{ref}",
        kind="supplier_payment",
        lines=lines,
        currency=currency,
        by=by,
        now=now,
    )


@tenant_atomic
def undo_supplier_payment(
    *, supplier_ref: str, amount_e4: int, currency: str, ref: str, by: Actor, now: datetime
) -> Journal:
    """The counter entry of the payment booked under this `ref`; a second time it is the first."""
    return post(
        ref=f"supplier:{supplier_ref}:{ref}:undone",
        kind="supplier_payment",
        lines=_to_supplier(supplier_ref, -amount_e4, currency),
        currency=currency,
        by=by,
        now=now,
    )


def _to_supplier(supplier_ref: str, amount_e4: int, currency: str) -> list[Line]:
    names = [(AccountKind.FUNDING, ""), (AccountKind.SUPPLIER, supplier_ref)]
    accounts = accounts_named(names, currency=currency)
    amounts = (-amount_e4, amount_e4)
    return [line(accounts[name], each) for name, each in zip(names, amounts, strict=True)]


@tenant_atomic
def book_loss(*, cost: Cost, by: Actor, now: datetime) -> None:
    """A cost that brings nothing in is a loss, or none any more with a negative amount; the same
    `ref` again is the same loss."""
    names = [(AccountKind.COST, ""), (AccountKind.LOSS, "")]
    accounts = accounts_named(names, currency=cost.currency)
    amounts = (-cost.amount_e4, cost.amount_e4)
    post(
        ref=f"loss:{cost.ref}",
        kind="loss",
        lines=[line(accounts[name], each) for name, each in zip(names, amounts, strict=True)],
        currency=cost.currency,
        by=by,
        now=now,
    )


@tenant_atomic(savepoint=False)
def book_cost(*, cost: Cost, by: Actor, now: datetime, sheet: Sheet | None = None) -> None:
    """What goods cost leaves what the supplier has of us, or comes back with a negative amount; the
    same `ref` again is the same cost.

    Who gives a `sheet` writes it, and knows that this cost was not booked before.
    """
    names = [(AccountKind.SUPPLIER, cost.supplier_ref), (AccountKind.COST, "")]
    accounts = accounts_named(names, currency=cost.currency)
    amounts = (-cost.amount_e4, cost.amount_e4)
    booking = Booking(
        ref=f"cost:{cost.ref}",
        kind="cost",
        lines=tuple(line(accounts[name], each) for name, each in zip(names, amounts, strict=True)),
        currency=cost.currency,
        by=by,
    )
    if sheet is not None:
        book(sheet, booking, now=now)
    else:
        post(
            ref=booking.ref,
            kind=booking.kind,
            lines=booking.lines,
            currency=booking.currency,
            by=by,
            now=now,
        )

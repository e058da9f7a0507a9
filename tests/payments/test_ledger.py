"""Every journal sums to zero, nothing booked is changed, no balance goes below its floor."""

import pytest
from django.db import DatabaseError, IntegrityError, connection

from core.scope import tenant_atomic
from payments import services
from payments.errors import BalanceTooLow
from payments.models import Balance, Entry, Journal
from payments.selectors import balance_of, odd_balances, sum_of_entries
from payments.services import ledger
from payments.states import AccountKind
from payments.types import Line
from tests.payments.factories import ZHANG, entries_of, make_balance
from tests.times import NOON


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def make_accounts():
    names = [(AccountKind.FUNDING, ""), (AccountKind.REVENUE, "")]
    return [account.pk for account in ledger.accounts_named(names, currency="CNY").values()]


def post(one, other, *, ref="j1"):
    lines = [
        Line(account_id=one[0], amount_e4=one[1]),
        Line(account_id=other[0], amount_e4=other[1]),
    ]
    return services.post(ref=ref, kind="test", lines=lines, currency="CNY", by=ZHANG, now=NOON)


def insert_entries(journal, *amounts):
    Entry.objects.bulk_create(
        Entry(journal=journal, account_id=account, amount_e4=amount, currency="CNY")
        for account, amount in zip(make_accounts(), amounts, strict=False)
    )


def test_a_journal_moves_value_from_one_account_to_another():
    funding, revenue = make_accounts()

    post((funding, -500), (revenue, 500))

    assert balance_of(account_id=revenue) == 500
    assert balance_of(account_id=funding) == -500
    assert sum(Entry.objects.values_list("amount_e4", flat=True)) == 0


def test_the_same_reference_is_booked_once():
    funding, revenue = make_accounts()

    first = post((funding, -500), (revenue, 500))
    second = post((funding, -500), (revenue, 500))

    assert first.pk == second.pk
    assert balance_of(account_id=revenue) == 500


def test_a_journal_that_does_not_sum_to_zero_is_a_bug():
    funding, revenue = make_accounts()

    with pytest.raises(ValueError, match="does not sum to zero"):
        post((funding, -500), (revenue, 400))

    assert not Journal.objects.exists()


@pytest.mark.parametrize("amounts", [(-500, 400), (500,), (-1, -1)])
def test_the_database_refuses_entries_that_do_not_sum_to_zero(amounts):
    journal = Journal.objects.create(ref="j1", kind="test", by="test", at=NOON)

    with pytest.raises(IntegrityError, match="does not sum to zero"), tenant_atomic():
        insert_entries(journal, *amounts)

    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_entry SET amount_e4 = 0",
        "DELETE FROM payments_entry",
        "UPDATE payments_journal SET ref = 'other'",
        "DELETE FROM payments_journal",
    ],
)
def test_what_is_booked_cannot_be_changed(statement):
    funding, revenue = make_accounts()
    post((funding, -500), (revenue, 500))

    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        tenant_atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert balance_of(account_id=revenue) == 500


def test_an_entry_in_another_currency_than_its_account_is_refused():
    funding, revenue = make_accounts()
    lines = [Line(account_id=funding, amount_e4=-5), Line(account_id=revenue, amount_e4=5)]

    with pytest.raises(IntegrityError, match="entry_in_currency_of_account"), tenant_atomic():
        services.post(ref="j", kind="test", lines=lines, currency="USD", by=ZHANG, now=NOON)


def test_a_top_up_is_on_the_balance():
    account = make_balance()

    services.top_up_balance(
        account_id=account.pk, amount_e4=10_000, ref="bank-7", by=ZHANG, now=NOON
    )

    assert balance_of(account_id=account.pk) == 10_000
    assert entries_of("top-up:bank-7") == {"funding": -10_000, "partner": 10_000}


def test_the_same_top_up_again_adds_nothing():
    account = make_balance()

    for _again in range(3):
        services.top_up_balance(
            account_id=account.pk, amount_e4=10_000, ref="bank-7", by=ZHANG, now=NOON
        )

    assert balance_of(account_id=account.pk) == 10_000


def test_a_balance_never_goes_below_its_floor():
    account = make_balance(amount_e4=300)
    (revenue, _other) = make_accounts()[::-1]

    with pytest.raises(BalanceTooLow):
        post((account.pk, -301), (revenue, 301))

    assert balance_of(account_id=account.pk) == 300
    assert not Journal.objects.filter(ref="j1").exists()


def test_a_credit_line_is_a_floor_below_zero():
    account = make_balance(floor_e4=-1_000)
    (revenue, _other) = make_accounts()[::-1]

    post((account.pk, -1_000), (revenue, 1_000))

    assert balance_of(account_id=account.pk) == -1_000


def test_the_database_holds_the_floor_against_any_statement():
    account = make_balance(amount_e4=300)

    with pytest.raises(IntegrityError, match="balance_not_below_floor"), tenant_atomic():
        Balance.objects.filter(account_id=account.pk).update(balance_e4=-1)

    assert balance_of(account_id=account.pk) == 300


def test_a_balance_that_is_not_the_sum_of_its_entries_is_found():
    account = make_balance(amount_e4=300)
    assert odd_balances() == []

    Balance.objects.filter(account_id=account.pk).update(balance_e4=301)

    assert odd_balances() == [account.pk]
    assert sum_of_entries(account_id=account.pk) == 300


def test_opening_an_account_twice_opens_one():
    assert make_balance().pk == make_balance().pk

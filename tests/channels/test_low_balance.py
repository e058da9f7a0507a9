"""A balance below its mark is told once a crossing."""

import pytest

from channels import services as channels
from channels.events import BalanceLow
from channels.models import Partner
from channels.selectors import due_low_balances, low_partners
from core import outbox
from core.models import OutboxRow
from core.scope import bind, tenant_atomic
from payments import services as payments
from tests.channels.factories import WANG, make_partner
from tests.times import MORNING, NEXT_DAY, NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MARK = 1_000_000


def listener(**_told):
    """Somebody who wants to hear of it."""


@pytest.fixture
def partner(shop, monkeypatch):
    monkeypatch.setitem(outbox._listeners, outbox.event_name(BalanceLow), {"a test": listener})
    with tenant_atomic():
        return make_partner(balance_e4=MARK, low_balance_e4=MARK)


def moved(partner, amount_e4, ref):
    payments.correct_balance(
        account_id=partner.account_id, amount_e4=amount_e4, ref=ref, by=WANG, now=NOON
    )


def swept(now):
    found = due_low_balances(now=now, limit=10)
    for tenant_id, partner_id in found:
        with bind(tenant_id):
            channels.note_low_balance(partner_id=partner_id, now=now)
    return len(found)


@tenant_atomic
def low_at():
    return Partner.objects.get().low_at


@tenant_atomic
def told():
    return OutboxRow.objects.filter(event="channels.BalanceLow").count()


def test_at_the_mark_it_is_not_low(partner):
    assert (swept(NOON), told()) == (0, 0)


def test_below_the_mark_it_is_told_once(partner):
    moved(partner, -1, "a")

    assert [swept(NOON), swept(NEXT_DAY)] == [1, 0]

    moved(partner, -1, "b")
    assert (swept(NEXT_DAY), told()) == (0, 1)
    assert low_at() == NOON


def test_after_it_was_above_the_mark_again_it_is_told_again(partner):
    moved(partner, -1, "a")
    swept(MORNING)
    moved(partner, 1, "b")
    swept(NOON)
    between = low_at()
    moved(partner, -1, "c")

    swept(NEXT_DAY)

    assert (between, told()) == (None, 2)


def test_a_nudge_that_comes_late_finds_the_balance_as_it_is(partner):
    channels.note_low_balance(partner_id=partner.pk, now=NOON)

    assert told() == 0


def test_who_has_no_mark_is_never_low(shop):
    with tenant_atomic():
        make_partner(balance_e4=0)

    assert swept(NOON) == 0


def test_the_list_of_low_ones_is_as_the_balances_are_now(partner):
    moved(partner, -1, "a")

    with tenant_atomic():
        assert [one.pk for one in low_partners()] == [partner.pk]
        assert [one.balance_e4 for one in low_partners()] == [MARK - 1]
    assert low_at() is None

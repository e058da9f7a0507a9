"""Money that several people confirm, or claim, in the same moment is booked once."""

from datetime import date

import pytest

from channels import services as channels
from channels.models import BalanceClaim
from channels.types import NewTransfer
from core.actors import Actor
from core.scope import tenant_atomic
from payments.selectors import balance_of
from tests.channels.factories import make_partner
from tests.races.at_once import CLICKS, at_once
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ANN = Actor("user:11 ann@example.com", user_id=11)


def filed(partner):
    given = NewTransfer(amount_e4=5_000_000, paid_on=date(2026, 11, 20), bank_ref="B-1")
    return channels.file_transfer(partner_id=partner.pk, given=given, by=ANN, now=MORNING)


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(balance_e4=0)


def test_two_who_confirm_at_once_book_it_once(partner):
    claim = filed(partner)
    channels.match_claim(claim_id=claim.pk, by=ANN, now=MORNING)

    def confirm(number: int) -> str:
        by = Actor(f"user:{20 + number} x@example.com", user_id=20 + number)
        return channels.confirm_claim(claim_id=claim.pk, by=by, now=NOON).state

    got = at_once(confirm)

    assert got == ["confirmed"] * CLICKS
    with tenant_atomic():
        assert balance_of(account_id=partner.account_id) == 5_000_000
        assert claim.moves.count() == 3


def test_one_who_confirms_and_one_who_refuses_do_not_both_have_their_way(partner):
    claim = filed(partner)
    channels.match_claim(claim_id=claim.pk, by=ANN, now=MORNING)
    ben = Actor("user:12 ben@example.com", user_id=12)

    def decide(number: int) -> str:
        if number % 2:
            return channels.confirm_claim(claim_id=claim.pk, by=ben, now=NOON).state
        return channels.refuse_claim(claim_id=claim.pk, reason="no", by=ben, now=NOON).state

    at_once(decide)

    with tenant_atomic():
        state = BalanceClaim.objects.get().state
        booked = balance_of(account_id=partner.account_id)
    assert (state, booked) in {("confirmed", 5_000_000), ("refused", 0)}


def test_one_transfer_that_is_filed_at_once_is_one_claim(partner):
    got = at_once(lambda _: filed(partner).ref)

    assert len(set(got)) == 1
    with tenant_atomic():
        assert BalanceClaim.objects.count() == 1

"""Money on a partner's balance by a bank transfer, or by a correction: two people, once."""

from datetime import date

import pytest
from django.db import IntegrityError

from channels import services as channels
from channels.errors import AnotherPersonNeeded, ReferenceClaimed
from channels.models import BalanceClaim, ClaimProof
from channels.services import claims as claims_module
from channels.states import CLAIM_MOVES, ClaimState
from channels.types import ClaimProofFile, NewTransfer
from core.actors import SYSTEM, Actor
from core.errors import FileRefused, InvalidInput, NotAllowed
from core.scope import tenant_atomic
from core.states import MoveRefused
from payments.errors import BalanceTooLow
from payments.models import Journal
from payments.selectors import balance_of, odd_balances
from tenants.models import AuditRow
from tests.channels.factories import make_partner
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(databases="__all__")
ANN = Actor("user:11 ann@example.com", user_id=11)
BEN = Actor("user:12 ben@example.com", user_id=12)
PDF = b"%PDF-1.7 a slip"
DAY = date(2026, 11, 20)


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(balance_e4=0)


def transfer(partner, *, by=ANN, **more):
    given = {"amount_e4": 5_000_000, "paid_on": DAY, "bank_ref": "B-1"} | more
    with tenant_atomic():
        return channels.file_transfer(
            partner_id=partner.pk, given=NewTransfer(**given), by=by, now=MORNING
        )


def matched(partner, **more):
    claim = transfer(partner, **more)
    return channels.match_claim(claim_id=claim.pk, by=ANN, now=MORNING)


def correction(partner, amount_e4, *, by=ANN):
    return channels.file_correction(
        partner_id=partner.pk, amount_e4=amount_e4, reason="booked twice", by=by, now=MORNING
    )


@tenant_atomic
def balance(partner):
    return balance_of(account_id=partner.account_id)


@tenant_atomic
def states():
    return list(BalanceClaim.objects.order_by("pk").values_list("state", flat=True))


@tenant_atomic
def moves(claim):
    return list(claim.moves.order_by("pk").values_list("old", "new", "by"))


def test_a_transfer_is_booked_when_another_person_confirms_it(partner):
    claim = matched(partner)
    before = balance(partner)

    channels.confirm_claim(claim_id=claim.pk, by=BEN, now=NOON)

    assert (before, balance(partner), states()) == (0, 5_000_000, ["confirmed"])
    assert moves(claim) == [
        ("", "filed", ANN.label),
        ("filed", "matched", ANN.label),
        ("matched", "confirmed", BEN.label),
    ]
    with tenant_atomic():
        assert Journal.objects.get(ref=f"top-up:{claim.ref}").by == BEN.label
        assert odd_balances() == []
        rows = AuditRow.objects.filter(action__startswith="claim.").order_by("pk")
        assert list(rows.values_list("action", "user_id", "target")) == [
            ("claim.filed", 11, partner.ref),
            ("claim.matched", 11, partner.ref),
            ("claim.confirmed", 12, partner.ref),
        ]


def test_who_filed_it_does_not_confirm_it(partner):
    claim = matched(partner)

    with pytest.raises(AnotherPersonNeeded):
        channels.confirm_claim(claim_id=claim.pk, by=ANN, now=NOON)

    assert (balance(partner), states()) == (0, ["matched"])


def test_the_database_refuses_one_person_too(partner):
    claim = matched(partner)

    with pytest.raises(IntegrityError, match="claim_confirmed_by_another"), tenant_atomic():
        BalanceClaim.objects.filter(pk=claim.pk).update(state="confirmed", decided_user=11)

    assert states() == ["matched"]


def test_what_no_person_does_is_not_enough_to_confirm(partner):
    claim = matched(partner)

    with pytest.raises(NotAllowed):
        channels.confirm_claim(claim_id=claim.pk, by=SYSTEM, now=NOON)

    assert (balance(partner), states()) == (0, ["matched"])


def test_what_no_person_does_is_not_enough_to_file(partner):
    with pytest.raises(NotAllowed):
        transfer(partner, by=SYSTEM)

    assert states() == []


def test_a_transfer_that_was_not_found_at_the_bank_is_not_confirmed(partner):
    claim = transfer(partner)

    with pytest.raises(MoveRefused):
        channels.confirm_claim(claim_id=claim.pk, by=BEN, now=NOON)

    assert (balance(partner), states()) == (0, ["filed"])


def test_each_step_taken_again_changes_nothing(partner):
    claim = transfer(partner)
    for _again in range(2):
        assert transfer(partner).pk == claim.pk
        channels.match_claim(claim_id=claim.pk, by=ANN, now=NOON)
    for _again in range(2):
        channels.confirm_claim(claim_id=claim.pk, by=BEN, now=NOON)

    assert (balance(partner), len(moves(claim))) == (5_000_000, 3)


@pytest.mark.parametrize(
    "more", [{"amount_e4": 1_000_000}, {"paid_on": date(2026, 11, 19)}], ids=["amount", "day"]
)
def test_a_reference_is_claimed_once(partner, more):
    claim = transfer(partner)

    with pytest.raises(ReferenceClaimed) as refusal:
        transfer(partner, **more)

    assert (refusal.value.param, refusal.value.data) == ("bank_ref", {"claim": claim.ref})
    assert states() == ["filed"]


def test_one_transfer_is_not_claimed_for_two_partners(partner):
    transfer(partner)
    with tenant_atomic():
        other = make_partner(balance_e4=0)

    with pytest.raises(ReferenceClaimed):
        transfer(other)

    assert states() == ["filed"]


def test_what_was_refused_may_be_claimed_anew(partner):
    claim = transfer(partner)

    channels.refuse_claim(claim_id=claim.pk, reason="not ours", by=ANN, now=NOON)
    channels.refuse_claim(claim_id=claim.pk, reason="again", by=BEN, now=NOON)
    second = transfer(partner)

    assert (states(), second.pk != claim.pk) == (["refused", "filed"], True)
    with tenant_atomic():
        claim.refresh_from_db()
    assert (claim.why, claim.decided_by) == ("not ours", ANN.label)


def test_a_refusal_says_why(partner):
    claim = transfer(partner)

    with pytest.raises(InvalidInput) as refusal:
        channels.refuse_claim(claim_id=claim.pk, reason=" ", by=BEN, now=NOON)

    assert (refusal.value.param, states()) == ("reason", ["filed"])


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"amount_e4": 0}, "amount"),
        ({"amount_e4": -1}, "amount"),
        ({"amount_e4": 10**14}, "amount"),
        ({"bank_ref": " "}, "bank_ref"),
        ({"bank_ref": "x" * 81}, "bank_ref"),
        ({"paid_on": date(2026, 11, 23)}, "paid_on"),
        ({"paid_on": date(1999, 1, 1)}, "paid_on"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_what_is_no_transfer_is_told_by_its_field(partner, more, param):
    with pytest.raises(InvalidInput) as refusal:
        transfer(partner, **more)

    assert (refusal.value.param, states()) == (param, [])


@pytest.mark.parametrize("body", [b"<html>", PDF + b"x" * (5 * 1024 * 1024)], ids=["kind", "size"])
def test_a_file_that_is_no_slip_is_refused_with_the_claim(partner, body):
    with pytest.raises(FileRefused) as refusal:
        transfer(partner, proof=ClaimProofFile(name="slip.pdf", body=body))

    assert (refusal.value.param, states()) == ("proof", [])


def test_a_slip_is_kept_sealed_and_who_takes_it_is_noted(partner):
    claim = transfer(partner, proof=ClaimProofFile(name="slip.pdf", body=PDF))

    found = channels.read_claim_proof(claim_id=claim.pk, by=BEN, now=NOON)

    assert (found.body, found.kind, found.name) == (PDF, "pdf", "slip.pdf")
    with tenant_atomic():
        assert PDF not in bytes(ClaimProof.objects.get().body)
        assert AuditRow.objects.get(action="claim.proof_read").user_id == 12


def test_a_claim_without_a_slip_has_none(partner):
    claim = transfer(partner)

    assert channels.read_claim_proof(claim_id=claim.pk, by=BEN, now=NOON) is None


def test_a_correction_moves_the_balance_either_way(partner):
    up, down = correction(partner, 300_000), correction(partner, -100_000)
    channels.confirm_claim(claim_id=up.pk, by=BEN, now=NOON)

    channels.confirm_claim(claim_id=down.pk, by=BEN, now=NOON)

    assert (balance(partner), states()) == (200_000, ["confirmed", "confirmed"])
    with tenant_atomic():
        assert Journal.objects.filter(kind="correction").count() == 2
        assert odd_balances() == []


def test_a_correction_takes_two_people_too(partner):
    claim = correction(partner, 300_000)

    with pytest.raises(AnotherPersonNeeded):
        channels.confirm_claim(claim_id=claim.pk, by=ANN, now=NOON)

    assert (balance(partner), states()) == (0, ["matched"])


def test_a_correction_does_not_take_what_is_not_there(partner):
    claim = correction(partner, -1)

    with pytest.raises(BalanceTooLow):
        channels.confirm_claim(claim_id=claim.pk, by=BEN, now=NOON)

    assert (balance(partner), states()) == (0, ["matched"])


@pytest.mark.parametrize(
    ("amount_e4", "reason", "param"),
    [(0, "why", "amount"), (10**14, "why", "amount"), (1, " ", "reason"), (1, "x" * 201, "reason")],
)
def test_what_is_no_correction_is_told_by_its_field(partner, amount_e4, reason, param):
    with pytest.raises(InvalidInput) as refusal:
        channels.file_correction(
            partner_id=partner.pk, amount_e4=amount_e4, reason=reason, by=ANN, now=NOON
        )

    assert (refusal.value.param, states()) == (param, [])


FORBIDDEN = [(old, new) for old in ClaimState for new in ClaimState if new not in CLAIM_MOVES[old]]


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(partner, old, new):
    claim = transfer(partner)
    with tenant_atomic():
        known = {"decided_user": 12, "why": "so"}
        BalanceClaim.objects.filter(pk=claim.pk).update(state=old, **known)
        claim.refresh_from_db()

    with pytest.raises(MoveRefused), tenant_atomic():
        claims_module._move(claim, new, by=ANN, now=NOON)

    assert (states(), len(moves(claim))) == ([old], 1)

"""Goods that came when nobody waited for them any more: listed, booked, decided, never lost."""

import pytest

from core.errors import InvalidInput, NotFound
from core.scope import tenant_atomic
from core.secrets import Secret
from core.states import MoveRefused
from fulfillment import services as fulfillment
from fulfillment.models import LateArrival, LateMove
from fulfillment.selectors import contradicted, count_late, cycles_with_late, late_arrivals
from fulfillment.services.late import _move
from fulfillment.states import LATE_MOVES, LateState
from inventory.models import Batch, Code
from inventory.services import reveal
from orders.models import Item
from payments.models import Entry
from suppliers import services as suppliers
from suppliers.models import Attempt, Supplier
from suppliers.selectors import shop_zone
from suppliers.types import BoughtCode
from tenants.models import AuditRow
from tests.catalog.factories import make_sku
from tests.fulfillment.buying import (
    COST,
    HOUR,
    cards_here,
    in_review,
    look,
    rows,
    says,
    send_first,
    state_of,
    states,
    top_up_here,
    units,
)
from tests.orders.factories import LI
from tests.times import NOON

pytestmark = [
    pytest.mark.usefixtures("shop"),
    pytest.mark.django_db(databases="__all__"),
]
L = LateState
FORBIDDEN = [(old, new) for old in L for new in L if new not in LATE_MOVES[old]]


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


def came_late(order):
    """Paid back at own risk, and delivered by the supplier after that; returns when it came."""
    send_first()
    until = in_review(order)
    fulfillment.refund_units(
        order_id=order.pk, by=LI, reason="waited too long", now=until, is_own_risk=True
    )
    look(until + HOUR, times=2)
    return the_late()


@tenant_atomic
def the_late():
    return late_arrivals().get()


@tenant_atomic
def late_count():
    return count_late()


def decide(late, new, note="called them"):
    return fulfillment.decide_late(
        attempt_id=late.attempt_id, new=LateState(new), note=note, by=LI, now=NOON
    )


def booked(kind):
    found = Entry.objects.filter(journal__kind=kind).order_by("pk")
    return sorted(rows(found, "account__kind", "amount_e4"))


@tenant_atomic
def stock_sku():
    """Of the product that was ordered."""
    return make_sku(product_id=Item.objects.get().sku.product_id, kind="stock_code", name="Stock")


def test_what_came_after_a_refund_is_on_the_list_with_what_it_cost_and_the_refund(judge, desk):
    late = came_late(cards_here(judge, "reply_lost_after"))

    assert (late.kind, late.state, late.cost_e4, late.currency) == ("came", "open", COST, "CNY")
    assert (late.ended_by.reason, late.ended_by.data["refund"]) == (
        "own_risk",
        f"{late.unit.order.number}-R1",
    )
    assert late_count() == 1
    assert booked("cost") == [("cost", COST), ("supplier", -COST)]


def test_what_comes_after_a_delivery_by_hand_is_on_the_list_too(judge, desk):
    order = cards_here(judge, "reply_lost_after")
    send_first()
    until = in_review(order)
    fulfillment.deliver_by_hand(unit_id=units()[0].pk, text=Secret("here"), by=LI, now=until)

    look(until + HOUR, times=2)

    assert (the_late().state, the_late().ended_by.reason) == ("open", "by_hand")


def test_the_same_success_again_is_one_arrival_and_one_cost(judge, desk):
    came_late(cards_here(judge, "reply_lost_after"))

    says("success", cost_e4=COST)

    assert (late_count(), booked("cost")) == (1, [("cost", COST), ("supplier", -COST)])


def test_its_code_goes_into_stock_and_is_sold_like_any_other(judge, desk):
    late = came_late(cards_here(judge, "reply_lost_after"))
    sku = stock_sku()

    fulfillment.stock_late(attempt_id=late.attempt_id, sku_id=sku.pk, by=LI, now=NOON)

    late = the_late()
    with tenant_atomic():
        (bought,) = suppliers.read_bought(attempt_ids=[late.attempt_id])[late.attempt_id]
        code = Code.objects.get()
        shown = reveal(code_id=code.pk, by=LI, reason="test", now=NOON)
    assert (late.state, late.batch_id) == ("stocked", code.batch_id)
    assert (code.state, code.sku_id) == ("available", sku.pk)
    assert shown.secret.reveal() == bought.secret.reveal()
    assert rows(Batch.objects.all(), "cost_e4") == [COST]
    assert late_count() == 0


def test_a_code_goes_into_stock_of_its_own_product_only(judge, desk):
    late = came_late(cards_here(judge, "reply_lost_after"))
    with tenant_atomic():
        other = make_sku(kind="stock_code")

    for sku_id in (other.pk, late.attempt.offer.sku_id):
        with pytest.raises(InvalidInput):
            fulfillment.stock_late(attempt_id=late.attempt_id, sku_id=sku_id, by=LI, now=NOON)

    assert (the_late().state, rows(Code.objects.all(), "pk")) == ("open", [])


def test_a_top_up_is_written_off_as_a_loss(judge, desk):
    late = came_late(top_up_here(judge, "reply_lost_after"))

    with pytest.raises(InvalidInput):
        fulfillment.stock_late(attempt_id=late.attempt_id, sku_id=stock_sku().pk, by=LI, now=NOON)
    decide(late, "written_off", note="")

    assert (the_late().state, late_count()) == ("written_off", 0)
    assert booked("loss") == [("cost", -50_000), ("loss", 50_000)]
    (row,) = rows(AuditRow.objects.filter(action="late.written_off"), "target", "by")
    assert row == (late.unit.order.number, LI.label)


def test_a_claim_waits_on_the_list_until_the_supplier_has_paid(judge, desk):
    late = came_late(cards_here(judge, "reply_lost_after"))
    with pytest.raises(InvalidInput):
        decide(late, "claimed", note=" ")

    decide(late, "claimed")
    assert late_count() == 1
    decide(late, "returned", note="")

    assert (the_late().state, late_count()) == ("returned", 0)
    assert sum(amount for _kind, amount in booked("cost") if _kind == "cost") == 0
    assert rows(Attempt.objects.all(), "state") == ["reversed"]
    moves = LateMove.objects.order_by("pk")
    assert rows(moves, "old", "new", "by", "data") == [
        ("", "open", "system", {}),
        ("open", "claimed", LI.label, {"note": "called them"}),
        ("claimed", "returned", LI.label, {}),
    ]


def test_what_the_supplier_takes_back_by_itself_needs_no_decision_and_is_no_loss(judge, desk):
    late = came_late(cards_here(judge, "reply_lost_after"))
    decide(late, "written_off", note="")

    says("failed")

    assert (the_late().state, late_count()) == ("returned", 0)
    for kind in ("cost", "loss"):
        assert sum(amount for name, amount in booked(kind) if name == kind) == 0


def test_a_code_in_stock_that_is_taken_back_goes_off_sale_and_before_a_person(judge, desk):
    late = came_late(cards_here(judge, "reply_lost_after"))
    fulfillment.stock_late(attempt_id=late.attempt_id, sku_id=stock_sku().pk, by=LI, now=NOON)

    says("failed")

    assert (rows(Code.objects.all(), "state"), the_late().state) == (["frozen"], "open")


@pytest.mark.parametrize("new", ["written_off", "claimed"])
def test_what_the_supplier_has_taken_back_is_no_loss_and_nothing_to_claim(judge, desk, new):
    late = came_late(cards_here(judge, "reply_lost_after"))
    fulfillment.stock_late(attempt_id=late.attempt_id, sku_id=stock_sku().pk, by=LI, now=NOON)
    says("failed")

    with pytest.raises(MoveRefused):
        decide(late, new)
    assert (the_late().state, booked("loss")) == ("open", [])
    decide(late, "returned")

    assert the_late().state == "returned"
    assert sum(amount for name, amount in booked("cost") if name == "cost") == 0


def test_what_was_bought_is_not_put_aside_as_if_it_were_not(judge, desk):
    late = came_late(cards_here(judge, "reply_lost_after"))

    with pytest.raises(MoveRefused):
        decide(late, "dismissed")

    assert the_late().state == "open"


def failed_for_good(judge):
    """Refused for good and paid back."""
    order = cards_here(judge, "off_shelf", protocol="kasushou")
    send_first()
    look(NOON + HOUR)
    assert (states(), state_of(order)) == (["refunded"], "canceled")


def test_a_supplier_that_says_otherwise_after_a_failure_is_before_a_person(judge, desk):
    failed_for_good(judge)
    assert late_count() == 0

    says("success", codes=(BoughtCode(secret=Secret("LATE-0001")),))

    with tenant_atomic():
        (attempt,) = contradicted()
    assert (attempt.state, late_count()) == ("rejected", 1)


def test_what_it_only_said_is_paid_for_from_when_a_person_takes_it_as_bought(judge, desk):
    failed_for_good(judge)
    says("success", codes=(BoughtCode(secret=Secret("LATE-0001")),))
    with tenant_atomic():
        (attempt,) = contradicted()
    assert booked("cost") == []

    fulfillment.stock_late(attempt_id=attempt.pk, sku_id=stock_sku().pk, by=LI, now=NOON)

    assert (the_late().kind, the_late().state, late_count()) == ("said", "stocked", 0)
    assert booked("cost") == [("cost", COST), ("supplier", -COST)]


def ours_today():
    """What we owe the supplier for today by our books, as the settlement page shows it."""
    with tenant_atomic():
        (supplier,) = Supplier.objects.all()
        day = Attempt.objects.get().sent_at.astimezone(shop_zone()).date()
        (found,) = cycles_with_late(suppliers=[supplier], until=day, count=1)
    return found.ours_e4, found.left_e4


def test_what_it_only_said_counts_in_its_cycle_from_when_it_is_taken_as_bought(judge, desk):
    failed_for_good(judge)
    says("success", codes=(BoughtCode(secret=Secret("LATE-0001")),))
    with tenant_atomic():
        (attempt,) = contradicted()
    before = ours_today()

    fulfillment.stock_late(attempt_id=attempt.pk, sku_id=stock_sku().pk, by=LI, now=NOON)

    assert (before, ours_today()) == ((0, 0), (COST, COST))


@pytest.mark.parametrize(
    ("new", "ours"), [("claimed", COST), ("written_off", COST), ("returned", 0), ("dismissed", 0)]
)
def test_in_its_cycle_counts_what_was_bought_and_not_paid_back(judge, desk, new, ours):
    failed_for_good(judge)
    says("success")
    with tenant_atomic():
        (attempt,) = contradicted()

    fulfillment.decide_late(
        attempt_id=attempt.pk, new=LateState(new), note="called them", by=LI, now=NOON
    )

    assert ours_today() == (ours, ours)


def test_what_came_late_counts_once(judge, desk):
    came_late(cards_here(judge, "reply_lost_after"))

    assert ours_today() == (COST, COST)


def test_what_it_only_said_is_put_aside_with_a_note_when_nothing_was_bought(judge, desk):
    failed_for_good(judge)
    says("success")
    with tenant_atomic():
        (attempt,) = contradicted()

    fulfillment.decide_late(
        attempt_id=attempt.pk, new=LateState.DISMISSED, note="their mistake", by=LI, now=NOON
    )

    assert (the_late().state, late_count(), booked("cost")) == ("dismissed", 0, [])


def test_what_did_not_come_late_is_not_decided(judge, desk):
    failed_for_good(judge)
    (attempt_id,) = rows(Attempt.objects.all(), "pk")

    with pytest.raises(NotFound):
        fulfillment.decide_late(
            attempt_id=attempt_id, new=LateState.WRITTEN_OFF, note="", by=LI, now=NOON
        )

    assert rows(LateArrival.objects.all(), "pk") == []


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(old, new):
    late = LateArrival(state=old)

    with pytest.raises(MoveRefused):
        _move(late, new, by=LI, note="", now=NOON)

    assert late.state == old

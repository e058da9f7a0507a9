"""What a supplier delivers: bought once, whatever the network does, or the money back."""

import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.utils.translation import override

from core.nudge import count_waiting
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment import services as fulfillment
from fulfillment.models import Unit, UnitMove
from fulfillment.selectors import TO_ITS_SUPPLIER
from fulfillment.services import answers, upstream
from orders.models import Order
from orders.selectors import timeline
from payments.models import Entry, Refund
from suppliers.models import Attempt, Bought, Supplier
from suppliers.services import pacing
from suppliers.types import Answer, Outcome
from tests.catalog.factories import make_sku, make_template
from tests.orders.factories import LI, paid
from tests.suppliers.factories import KEY, at_the_judge, make_offer
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("shop")
SECOND = timedelta(seconds=1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOST_LOOKS = 12


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


@tenant_atomic
def bought_here(judge, *faults, quantity=1, **given):
    """A paid order for codes of the supplier that is played by the judge."""
    sku = make_sku(kind="supplier_code")
    card_offer(judge, sku, *faults, **given)
    return opened(paid(sku, quantity))


def opened(order):
    fulfillment.open_units(order_id=order.pk, now=NOON)
    return order


@tenant_atomic
def card_offer(judge, sku, *faults, protocol="fulu", account="10001", at_work_ms=20, **given):
    at_work = {"account": account, "at_work_ms": at_work_ms}
    supplier = at_the_judge(judge, protocol, faults=faults, **at_work)
    fields = {"product": "1000", "cost_e4": 98_750, "most_e4": 99_000} | given
    return make_offer(supplier=supplier, sku=sku, **fields)


def look(now):
    """What the sweeper would have done at that moment."""
    for unit_id in due(now):
        fulfillment.send(unit_id=unit_id, now=now)


@tenant_atomic
def due(now):
    waiting = Unit.objects.filter(TO_ITS_SUPPLIER, next_at__lte=now)
    asked = Attempt.objects.filter(next_at__lte=now).values_list("unit_id", flat=True)
    return sorted({*waiting.values_list("pk", flat=True), *asked})


def carry_out(now=NOON, *, step=3 * MINUTE):
    """Look again and again, until nothing is under way."""
    for _ in range(MOST_LOOKS):
        look(now)
        if set(states()) <= {"delivered", "refunded"}:
            break
        now += step
        time.sleep(0.05)


@tenant_atomic
def rows(found, *names):
    values = found.values_list(*names, flat=len(names) == 1)
    return list(values)


def states():
    return rows(Unit.objects.order_by("position"), "state")


def tries():
    return rows(Attempt.objects.all(), "state", "offer__supplier__protocol")


@tenant_atomic
def the_unit():
    return Unit.objects.get()


@tenant_atomic
def the_units():
    return list(Unit.objects.order_by("position"))


@tenant_atomic
def the_supplier():
    return Supplier.objects.get()


@tenant_atomic
def state_of(order):
    return Order.objects.get(pk=order.pk).state


def costs():
    found = Entry.objects.filter(journal__kind="cost").order_by("account__kind")
    return rows(found, "account__kind", "amount_e4")


def reviewed(judge, *faults):
    """An order whose supplier has not confirmed it in time, and that moment."""
    order = bought_here(judge, *faults, at_work_ms=0)
    look(NOON)
    until = the_unit().review_until
    fulfillment.deliver_order(order_id=order.pk, now=until)
    return order, until


def test_a_paid_order_is_bought_and_delivered(judge, desk):
    order = bought_here(judge)
    assert states() == ["queued"]

    carry_out()

    (code,) = fulfillment.goods_of_order(order_id=order.pk)
    (purchase,) = desk.purchases()
    assert (states(), state_of(order)) == (["delivered"], "completed")
    assert (purchase["state"], purchase["cards"]) == ("succeeded", 1)
    (sealed,) = rows(Bought.objects.all(), "secret")
    assert code.secret.reveal().encode() not in bytes(sealed)
    assert rows(UnitMove.objects.order_by("pk"), "new", "reason") == [
        ("sending", "to_supplier"),
        ("accepted", "supplier_says"),  # Fulu never gives cards before it is asked for them
        ("delivered", "from_supplier"),
    ]


def test_what_it_cost_is_booked_once(judge, desk):
    bought_here(judge, quantity=2)

    carry_out()

    assert costs() == [("cost", 98_750)] * 2 + [("supplier", -98_750)] * 2


@tenant_atomic
def topped_up_here(judge):
    template = make_template({"key": "phone", "kind": "phone", "label": "手机号"})
    sku = make_sku(kind="top_up", buyer_template=template)
    supplier = at_the_judge(judge, "kasushou")
    make_offer(supplier=supplier, sku=sku, product="2000", cost_e4=50_000, most_e4=60_000)
    return opened(paid(sku, buyer_fields={"phone": "13800138000"}))


def test_a_top_up_goes_to_the_account_that_the_buyer_named(judge, desk):
    order = topped_up_here(judge)

    carry_out()

    (thing,) = fulfillment.goods_of_order(order_id=order.pk)
    (purchase,) = desk.purchases()
    assert (states(), thing.kind, thing.secret) == (["delivered"], "top_up", None)
    assert "13800138000" in str(purchase)


@pytest.mark.parametrize("fault", ["reply_lost_after", "http_502_after", "not_found_then_found:2"])
def test_a_lost_answer_is_asked_for_and_nothing_is_bought_twice(judge, desk, fault):
    order = bought_here(judge, fault)

    carry_out()

    assert (states(), state_of(order)) == (["delivered"], "completed")
    assert (len(desk.purchases()), tries()) == (1, [("success", "fulu")])


def test_who_refuses_is_followed_by_the_next(judge, desk):
    order = bought_here(judge, "off_shelf", protocol="kasushou", priority=1)
    with tenant_atomic():
        card_offer(judge, order.items.get().sku, protocol="fulu", priority=2)

    carry_out()

    assert tries() == [("rejected", "kasushou"), ("success", "fulu")]
    assert states() == ["delivered"]


def test_when_all_refuse_the_money_goes_back(judge, desk):
    order = bought_here(judge, "balance_gone", quantity=2)

    carry_out()

    assert (states(), state_of(order)) == (["refunded"] * 2, "canceled")
    assert rows(Refund.objects.all(), "amount_e4") == [100_000] * 2
    assert desk.purchases() == []


def test_of_what_is_delivered_in_part_the_rest_is_paid_back(judge, desk):
    order = bought_here(judge, quantity=2)
    first, _second = due(NOON)
    fulfillment.send(unit_id=first, now=NOON)
    desk.account(protocol="fulu", id="10001", secret=KEY, balance_e4=0)

    carry_out()

    assert (states(), state_of(order)) == (["delivered", "refunded"], "completed")
    assert rows(Refund.objects.all(), "amount_e4") == [100_000]


def test_closed_suppliers_are_waited_for_and_not_for_ever(judge, desk):
    order = bought_here(judge, opens="03:00", closes="03:01")

    look(NOON)
    unit = the_unit()
    assert (unit.state, unit.reason, unit.next_at) == ("waiting", "no_route", NOON + MINUTE)

    look(NOON + HOUR)
    assert (states(), state_of(order)) == (["refunded"], "canceled")


def test_what_is_not_confirmed_in_time_is_a_persons_and_not_refunded_by_itself(judge, desk):
    order, until = reviewed(judge, "reply_lost_after")
    again = the_unit().review_until

    fulfillment.deliver_order(order_id=order.pk, now=again)

    unit = the_unit()
    assert again == until + 24 * HOUR
    assert (unit.state, unit.reason, unit.review_until) == (
        "review",
        "late_supplier",
        again + 24 * HOUR,
    )
    assert rows(Refund.objects.all(), "pk") == []


def test_what_is_confirmed_at_last_is_delivered_from_the_review(judge, desk):
    order, until = reviewed(judge, "reply_lost_after")

    carry_out(until + HOUR)

    assert (states(), state_of(order)) == (["delivered"], "completed")


def test_late_success_after_a_refund_is_kept_and_given_to_nobody(judge, desk):
    order, until = reviewed(judge, "reply_lost_after")
    fulfillment.refund_units(
        order_id=order.pk, by=LI, reason="waited too long", now=until, is_own_risk=True
    )

    for each in (HOUR, 2 * HOUR):
        look(until + each)

    assert (states(), state_of(order)) == (["refunded"], "canceled")
    assert (tries(), len(rows(Bought.objects.all(), "pk"))) == ([("success", "fulu")], 1)
    assert fulfillment.goods_of_order(order_id=order.pk) == []
    assert costs() == [("cost", 98_750), ("supplier", -98_750)]


def test_who_was_held_up_beyond_his_lease_records_nothing(judge, desk):
    bought_here(judge)
    lease = upstream._claim(the_unit().pk, now=NOON)
    with tenant_atomic():
        Unit.objects.update(fence=lease.fence + 1)

    answers.record(lease, Answer(outcome=Outcome.REJECTED), now=NOON)

    assert (states(), tries()) == (["sending"], [("sent", "fulu")])


def test_a_unit_has_one_turn_at_a_time(judge, desk):
    bought_here(judge)

    assert upstream._claim(the_unit().pk, now=NOON) is not None
    assert upstream._claim(the_unit().pk, now=NOON) is None


def test_who_died_between_claim_and_call_is_asked_after_and_never_sent_again(judge, desk):
    bought_here(judge)
    upstream._claim(the_unit().pk, now=NOON)

    carry_out(NOON + MINUTE, step=3 * MINUTE)

    assert (states(), desk.purchases()) == (["refunded"], [])
    assert tries() == [("failed", "fulu")]


def test_who_finds_the_supplier_busy_waits_a_second_and_is_served(judge, desk):
    order = bought_here(judge, quantity=2)
    with tenant_atomic():
        Supplier.objects.update(most_per_minute=1, paced_until=NOON + HOUR)

    look(NOON)
    waiting = rows(Unit.objects.all(), "state", "next_at")
    assert waiting == [("queued", NOON + SECOND)] * 2
    with tenant_atomic():
        Supplier.objects.update(most_per_minute=None)

    carry_out(NOON + MINUTE)
    assert (states(), state_of(order)) == (["delivered"] * 2, "completed")


@contextmanager
def full_hands(*, is_first=True):
    key = {"supplier_id": the_supplier().pk, "is_first": is_first}
    with ExitStack() as stack:
        for _ in range(pacing.MOST_ORDERS if is_first else pacing.MOST_QUERIES):
            stack.enter_context(pacing.speaking(**key))
        yield


def test_who_is_done_goes_on_with_who_stands_in_line(judge, desk):
    order = bought_here(judge, at_work_ms=0, quantity=3)
    first, second, third = due(NOON)
    with full_hands():
        for each in (second, third, second):
            fulfillment.send(unit_id=each, now=NOON)
    in_line = rows(Unit.objects.order_by("position"), "state", "next_at")
    assert in_line == [("queued", NOON), *[("queued", NOON + 10 * SECOND)] * 2]

    fulfillment.send(unit_id=first, now=NOON)

    assert (states(), state_of(order)) == (["delivered"] * 3, "completed")
    assert len(desk.purchases()) == 3


def test_a_line_that_its_process_forgot_is_found_by_the_sweeper(judge, desk):
    bought_here(judge, at_work_ms=0)
    with full_hands():
        look(NOON)
    pacing._lines.clear()

    assert due(NOON + 9 * SECOND) == []
    look(NOON + 10 * SECOND)
    assert states() == ["delivered"]


def test_a_hand_that_was_busy_for_long_hands_the_line_over(judge, desk, monkeypatch):
    bought_here(judge, at_work_ms=0, quantity=2)
    first, second = due(NOON)
    with full_hands():
        fulfillment.send(unit_id=second, now=NOON)
    monkeypatch.setattr(upstream, "HAND_OVER", 0.0)
    before = count_waiting("upstream")

    fulfillment.send(unit_id=first, now=NOON)

    assert (states(), count_waiting("upstream")) == (["delivered", "queued"], before + 1)
    monkeypatch.undo()
    fulfillment.send(unit_id=second, now=NOON + SECOND)
    assert states() == ["delivered", "delivered"]


def test_a_hand_that_was_no_orders_calls_nobody_while_the_others_are_full(judge, desk):
    bought_here(judge, "reply_lost_after", quantity=2, at_work_ms=0)
    first, second = due(NOON)
    fulfillment.send(unit_id=first, now=NOON)
    with full_hands():
        fulfillment.send(unit_id=second, now=NOON)
        fulfillment.send(unit_id=first, now=NOON + MINUTE)

        in_line = list(pacing._lines[the_supplier().pk])

    waiting = rows(Unit.objects.order_by("position"), "state", "next_at")[1]
    assert (in_line, waiting) == ([second], ("queued", NOON + 10 * SECOND))


def test_who_is_at_work_is_asked_in_the_same_turn(judge, desk):
    bought_here(judge, at_work_ms=0)

    look(NOON)

    assert (states(), tries()) == (["delivered"], [("success", "fulu")])


@tenant_atomic
def two_offers(judge):
    """A paid order of two, whose first supplier has no turn free in this minute."""
    sku = make_sku(kind="supplier_code")
    card_offer(judge, sku, priority=1)
    card_offer(judge, sku, protocol="kasushou", priority=2, product="1000")
    Supplier.objects.filter(protocol="fulu").update(most_per_minute=1, paced_until=NOON + HOUR)
    return opened(paid(sku))


def test_a_supplier_that_is_busy_for_long_is_passed_over(judge, desk):
    two_offers(judge)

    look(NOON + 9 * SECOND)
    assert (states(), tries()) == (["queued"], [])
    carry_out(NOON + 10 * SECOND)

    assert (states(), tries()) == (["delivered"], [("success", "kasushou")])


def test_when_all_are_busy_the_first_of_them_is_waited_for(judge, desk):
    two_offers(judge)
    with tenant_atomic():
        Supplier.objects.update(most_per_minute=1, paced_until=NOON + HOUR)

    look(NOON + MINUTE)

    (next_at,) = rows(Unit.objects.all(), "next_at")
    assert (states(), next_at) == (["queued"], NOON + MINUTE + SECOND)


@pytest.mark.parametrize(("said", "told"), [("", "has it."), ("处理中", "has it: 处理中")])
def test_what_a_supplier_takes_without_a_word_is_told_without_one(judge, desk, said, told):
    bought_here(judge)
    lease = upstream._claim(the_unit().pk, now=NOON)
    taken = Answer(outcome=Outcome.ACCEPTED, supplier_ref="F1", reason=said)
    answers.record(lease, taken, now=NOON)

    with tenant_atomic(), override("en"):
        history = [row.text for row in timeline(order_id=the_unit().order_id)]
        name = Supplier.objects.get().name

    assert [text for text in history if "has it" in text] == [f"{name} {told}"]


def test_a_supplier_that_loses_sight_of_an_order_it_confirmed_is_not_left_for_another(judge, desk):
    bought_here(judge)
    lease = upstream._claim(the_unit().pk, now=NOON)
    accepted = Answer(outcome=Outcome.ACCEPTED, supplier_ref="F1")
    answers.record(lease, accepted, now=NOON)
    absent = Answer(outcome=Outcome.UNKNOWN, is_absent=True)

    for hour in range(1, 6):
        again = upstream._claim(the_unit().pk, now=NOON + hour * HOUR)
        answers.record(again, absent, now=NOON + hour * HOUR)

    assert (states(), tries()) == (["unknown"], [("unknown", "fulu")])


def test_what_comes_after_a_delivery_by_hand_was_paid_for_all_the_same(judge, desk):
    _order, until = reviewed(judge, "reply_lost_after")
    fulfillment.deliver_by_hand(unit_id=the_unit().pk, text=Secret("by hand"), by=LI, now=until)

    for each in (HOUR, 2 * HOUR):
        look(until + each)

    assert costs() == [("cost", 98_750), ("supplier", -98_750)]
    assert tries() == [("success", "fulu")]


def test_a_refund_of_one_unit_leaves_what_may_have_been_bought_alone(judge, desk):
    order = bought_here(judge, "reply_lost_after", quantity=2)
    first, _second = due(NOON)
    fulfillment.send(unit_id=first, now=NOON)
    fulfillment.deliver_order(order_id=order.pk, now=the_units()[0].review_until)

    fulfillment.refund_units(
        order_id=order.pk, unit_ids=[the_units()[1].pk], by=LI, reason="asked", now=NOON + HOUR
    )

    assert states() == ["review", "refunded"]


def test_a_worker_that_never_comes_back_leaves_a_deadline(judge, desk):
    order = bought_here(judge)
    upstream._claim(the_unit().pk, now=NOON)
    until = the_unit().review_until

    fulfillment.deliver_order(order_id=order.pk, now=until)

    assert (until, states()) == (NOON + 2 * HOUR, ["review"])


def test_who_has_no_hand_free_for_a_question_makes_room_for_others(judge, desk):
    bought_here(judge, "reply_lost_after")
    look(NOON)
    with full_hands(is_first=False):
        look(NOON + MINUTE)

    (asked_at,) = rows(Attempt.objects.all(), "next_at")
    assert asked_at == NOON + MINUTE + 5 * SECOND

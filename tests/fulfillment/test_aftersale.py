"""After the sale: another code, the money back, or no."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from core.actors import SHOPPER
from core.errors import InvalidInput, NotFound
from core.secrets import Secret
from fulfillment import services as fulfillment
from fulfillment.errors import NotDelivered, NothingToRefund
from fulfillment.models import Unit
from fulfillment.selectors import can_be_revealed
from inventory.errors import OutOfStock
from inventory.models import Code
from inventory.selectors import count_available
from orders.errors import CaseClosed
from orders.models import Case, CaseMove, Item, Order
from orders.selectors import messages_of, timeline
from payments.models import Payment, Refund
from payments.selectors import money_of
from tenants.models import AuditRow
from tests.catalog.factories import make_sku
from tests.inventory.factories import make_content
from tests.orders.factories import LI, PRICE, open_case, paid, placed, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def delivered(sku=None, quantity=1):
    order = paid(sku or stocked_sku(quantity), quantity)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    return order


def units():
    return list(Unit.objects.order_by("position", "pk"))


def refund(order, *chosen, reason="asked for"):
    ids = [unit.pk for unit in chosen] or None
    return fulfillment.refund_units(order_id=order.pk, unit_ids=ids, by=LI, reason=reason, now=NOON)


def test_a_bad_code_becomes_void_and_a_fresh_one_takes_its_place():
    order = delivered(stocked_sku(2))
    (bad,) = units()

    fresh = fulfillment.replace_unit(unit_id=bad.pk, by=LI, reason="used already", now=NOON)

    bad.refresh_from_db()
    assert (bad.state, fresh.state, fresh.position) == ("replaced", "delivered", bad.position)
    assert Code.objects.get(pk=bad.code_id).state == "void"
    goods = fulfillment.goods_of_order(order_id=order.pk)
    assert [one.unit_id for one in goods] == [fresh.pk]
    assert Order.objects.get().state == "completed"


def test_without_another_code_nothing_changes():
    delivered()
    (bad,) = units()

    with override("en"), pytest.raises(OutOfStock, match="Load some first"):
        fulfillment.replace_unit(unit_id=bad.pk, by=LI, reason="used", now=NOON)

    assert [unit.state for unit in units()] == ["delivered"]
    assert Code.objects.get().state == "sold"


def by_hand(text="first"):
    """A unit that a person has delivered, and its order."""
    order = paid(make_sku(kind="by_hand"))
    fulfillment.open_units(order_id=order.pk, now=NOON)
    unit = Unit.objects.get(order_id=order.pk)
    return order, fulfillment.deliver_by_hand(unit_id=unit.pk, text=Secret(text), by=LI, now=NOON)


def send_anew(unit, text="https://second.example/"):
    return fulfillment.send_anew(
        unit_id=unit.pk, text=Secret(text), by=LI, reason="wrong", now=NOON + timedelta(hours=1)
    )


def test_what_no_stock_replaces_is_sent_anew():
    order, wrong = by_hand()

    fresh = send_anew(wrong)

    wrong.refresh_from_db()
    assert (wrong.state, fresh.state, fresh.position) == ("replaced", "delivered", wrong.position)
    ((goods,),) = [fulfillment.goods_of_order(order_id=order.pk)]
    assert (goods.unit_id, goods.secret.reveal()) == (fresh.pk, "https://second.example/")
    assert AuditRow.objects.get(action="unit.sent_anew").target == order.number
    with override("en"):
        assert "What was delivered is void, and was sent anew" in " ".join(
            row.text for row in timeline(order_id=order.pk)
        )


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_what_was_typed_is_opened_with_a_reason_what_was_sent_before_too():
    order, wrong = by_hand()
    fresh = send_anew(wrong)

    read = [
        fulfillment.reveal_goods(unit_id=unit.pk, by=LI, reason="the buyer asks", now=NOON)
        for unit in (wrong, fresh)
    ]

    assert [one.secret.reveal() for one in read] == ["first", "https://second.example/"]
    looks = list(AuditRow.objects.filter(action="unit.read").order_by("pk"))
    assert [(row.target, row.reason) for row in looks] == [(order.number, "the buyer asks")] * 2
    assert [row.data["unit"] for row in looks] == [wrong.pk, fresh.pk]


@pytest.mark.parametrize(
    ("unit", "kind", "can_be"),
    [
        ({"source": "own", "code_id": 7}, "stock_code", False),
        ({"source": "own", "content_id": 7}, "reusable", True),
        ({"source": "supplier"}, "supplier_code", True),
        ({"source": "supplier", "state": "refunded"}, "supplier_code", True),
        ({"source": "supplier", "delivered_at": None}, "supplier_code", False),
        ({"source": "supplier"}, "top_up", False),
        ({"source": "by_hand", "hand_text": b"sealed"}, "top_up", True),
    ],
)
def test_what_was_delivered_and_is_read_can_be_opened_by_staff(unit, kind, can_be):
    given = {"state": "delivered", "delivered_at": NOON, "item": Item(kind=kind)} | unit

    assert can_be_revealed(Unit(**given)) == can_be


def test_a_code_of_our_own_stock_is_opened_at_its_own_page_only():
    delivered()
    (own,) = units()

    with pytest.raises(NotFound):
        fulfillment.reveal_goods(unit_id=own.pk, by=LI, reason="the buyer asks", now=NOON)

    assert not AuditRow.objects.filter(action="unit.read").exists()


def test_what_was_sent_anew_is_paid_back_for_what_it_cost():
    order, wrong = by_hand()
    fresh = send_anew(wrong)

    assert refund(order, fresh).amount_e4 == wrong.paid_e4
    assert money_of(payable_id=order.pk).refunded_e4 == order.total_e4


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_a_text_that_cannot_be_is_not_sent_anew(text):
    _order, wrong = by_hand()

    with pytest.raises(InvalidInput):
        send_anew(wrong, text)

    assert [unit.state for unit in units()] == ["delivered"]


def test_a_second_decision_that_says_something_else_is_refused_and_not_lost_in_silence():
    order, wrong = by_hand()
    case = open_case(order, unit_id=wrong.pk)

    def decide(reason, text):
        return fulfillment.settle_case(
            case_id=case.pk, outcome="replaced", by=LI, reason=reason, text=Secret(text), now=NOON
        )

    decide("Sorry.", "second")
    decide("Sorry.", " second ")  # the same form, sent twice
    for reason, text in (("Sorry.", "third"), ("Look again.", "second")):
        with pytest.raises(CaseClosed):
            decide(reason, text)

    assert [goods.secret.reveal() for goods in fulfillment.goods_of_order(order_id=order.pk)] == [
        "second"
    ]
    assert [said.text.reveal() for said in messages_of(case_id=case.pk)][1:] == ["Sorry."]


def test_a_code_of_our_own_and_a_top_up_are_not_sent_anew():
    delivered()
    (own,) = units()
    _order, topped_up = by_hand()
    topped_up.item.kind = "top_up"
    topped_up.item.save(update_fields=["kind"])

    for unit in (own, topped_up):
        with pytest.raises(NotDelivered):
            send_anew(unit)


def test_a_case_is_decided_by_what_a_person_types():
    order, wrong = by_hand()
    case = open_case(order, unit_id=wrong.pk)

    fulfillment.settle_case(
        case_id=case.pk, outcome="replaced", by=LI, reason="Sorry.", text=Secret("new"), now=NOON
    )

    case.refresh_from_db()
    assert case.state == "replaced"
    assert [unit.state for unit in units()] == ["replaced", "delivered"]


def test_only_a_delivered_code_is_replaced():
    sku = make_sku(kind="reusable")
    make_content(sku)
    delivered(sku)

    with pytest.raises(NotDelivered):
        fulfillment.replace_unit(unit_id=units()[0].pk, by=LI, reason="x", now=NOON)


def test_a_replaced_code_is_not_replaced_twice():
    delivered(stocked_sku(3))
    (bad,) = units()
    fulfillment.replace_unit(unit_id=bad.pk, by=LI, reason="used", now=NOON)

    with pytest.raises(NotDelivered):
        fulfillment.replace_unit(unit_id=bad.pk, by=LI, reason="used", now=NOON)

    assert count_available(sku_id=bad.item.sku_id) == 1


def test_one_unit_of_three_is_paid_back():
    order = delivered(quantity=3)
    second = units()[1]

    back = refund(order, second)

    assert (back.amount_e4, back.number) == (PRICE, f"{order.number}-R2")
    assert [unit.state for unit in units()] == ["delivered", "refunded", "delivered"]
    money = money_of(payable_id=order.pk)
    assert (money.paid_e4, money.refunded_e4) == (3 * PRICE, PRICE)
    assert Order.objects.get().state == "completed"


def test_the_same_units_again_are_the_same_refund():
    order = delivered(quantity=3)
    first, second, _third = units()

    once = refund(order, second, first)
    again = refund(order, first, second)

    assert again.pk == once.pk
    assert Refund.objects.count() == 1


def test_who_paid_back_what_and_why_is_in_the_audit_log():
    order = delivered(quantity=2)

    refund(order, units()[0], reason="not wanted")
    refund(order, units()[0], reason="not wanted")

    (row,) = AuditRow.objects.filter(action="order.refunded")
    assert (row.target, row.reason, row.by) == (order.number, "not wanted", LI.label)


def test_what_is_left_is_paid_back_and_never_more():
    order = delivered(quantity=3)
    refund(order, units()[1])

    rest = refund(order)

    assert (rest.amount_e4, rest.number) == (2 * PRICE, f"{order.number}-R1")
    assert Payment.objects.get().refunded_e4 == 3 * PRICE
    assert refund(order).pk == rest.pk


def test_units_of_another_order_are_not_refunded_with_this_one():
    order, other = delivered(), delivered()
    foreign = Unit.objects.get(order=other)

    with pytest.raises(NothingToRefund):
        refund(order, foreign)

    assert not Refund.objects.exists()


def test_an_unpaid_order_has_nothing_to_pay_back():
    with pytest.raises(NothingToRefund):
        refund(placed())


def test_a_paid_order_is_refunded_before_delivery_canceled_and_never_delivered():
    sku = stocked_sku(2)
    order = paid(sku, 2)

    back = refund(order)

    assert back.amount_e4 == 2 * PRICE
    assert Order.objects.get().state == "canceled"
    assert count_available(sku_id=sku.pk) == 2
    fulfillment.open_units(order_id=order.pk, now=NOON)
    assert fulfillment.goods_of_order(order_id=order.pk) == []


def test_undelivered_things_of_one_line_go_together():
    order = paid(make_sku(kind="by_hand"), 2)
    fulfillment.open_units(order_id=order.pk, now=NOON)

    back = refund(order, units()[0])

    assert back.amount_e4 == 2 * PRICE
    assert Order.objects.get().state == "canceled"


@pytest.mark.parametrize(
    ("outcome", "unit_states"),
    [
        ("replaced", ["replaced", "delivered"]),
        ("refunded", ["refunded"]),
        ("rejected", ["delivered"]),
    ],
)
def test_a_case_is_decided_and_done_in_one(outcome, unit_states):
    order = delivered(stocked_sku(2))
    case = open_case(order, unit_id=units()[0].pk)

    for _ in range(2):
        fulfillment.settle_case(case_id=case.pk, outcome=outcome, by=LI, reason="Done.", now=NOON)

    case.refresh_from_db()
    assert case.state == outcome
    assert [unit.state for unit in units()] == unit_states


@pytest.mark.parametrize("names_the_unit", [True, False])
def test_what_is_paid_back_already_is_not_said_to_be_paid_back_by_a_case(names_the_unit):
    order = delivered()
    (unit,) = units()
    refund(order, unit)
    case = open_case(order, unit_id=unit.pk if names_the_unit else None)

    with pytest.raises(NothingToRefund):
        fulfillment.settle_case(case_id=case.pk, outcome="refunded", by=LI, reason="", now=NOON)

    case.refresh_from_db()
    assert case.state == "open"
    assert Refund.objects.count() == 1


def test_money_back_at_the_order_ends_the_cases_about_it():
    order = delivered(stocked_sku(2), 2)
    first, second = units()
    about = [open_case(order, unit_id=unit.pk) for unit in (first, second)]

    refund(order, first)

    assert [Case.objects.get(pk=case.pk).state for case in about] == ["refunded", "open"]
    assert {move.by for move in CaseMove.objects.all()} == {LI.label}


def test_a_case_about_all_of_an_order_ends_with_the_last_of_it():
    order = delivered(stocked_sku(2), 2)
    case = open_case(order)

    states = []
    for unit in units():
        refund(order, unit)
        case.refresh_from_db()
        states.append(case.state)

    assert states == ["open", "refunded"]


def test_who_was_not_delivered_to_in_time_waits_for_no_answer_any_more():
    order = paid(make_sku(kind="by_hand"))
    fulfillment.open_units(order_id=order.pk, now=NOON)
    case = open_case(order)

    fulfillment.open_units(order_id=order.pk, now=NOON + timedelta(days=30))
    fulfillment.open_units(order_id=order.pk, now=NOON + timedelta(days=60))

    assert [unit.state for unit in units()] == ["refunded"]
    case.refresh_from_db()
    assert case.state == "refunded"


def test_a_case_that_pays_back_tells_its_words_once():
    order = delivered()
    case = open_case(order, unit_id=units()[0].pk)

    fulfillment.settle_case(case_id=case.pk, outcome="refunded", by=LI, reason="Sorry.", now=NOON)

    assert [one.text.reveal() for one in messages_of(case_id=case.pk)][1:] == ["Sorry."]
    assert CaseMove.objects.get().new == "refunded"


def test_a_case_without_a_unit_is_not_settled_by_a_new_code():
    case = open_case(delivered())

    with pytest.raises(InvalidInput):
        fulfillment.settle_case(case_id=case.pk, outcome="replaced", by=LI, reason="", now=NOON)

    case.refresh_from_db()
    assert case.state == "open"


def test_a_complaint_keeps_what_was_delivered_and_seen_as_evidence():
    order = delivered()
    fulfillment.goods_of_order(order_id=order.pk, shown_at=NOON)

    case = open_case(order)

    told = [(row["thing"], row["state"]) for row in case.evidence]
    assert ("unit", "delivered") in told
    assert ("unit", "shown") in told
    assert ("order", "completed") in told


def test_a_refund_in_the_history_says_what_happens_next():
    order = delivered()
    refund(order)

    waiting = [row for row in timeline(order_id=order.pk) if row.next_text]

    assert [(row.thing, row.state) for row in waiting] == [("refund", "created")]
    assert waiting[0].by == LI.label
    assert SHOPPER.label == timeline(order_id=order.pk)[0].by

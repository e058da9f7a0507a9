"""Paid, so delivered: at once from stock, by hand with a clock, or the money back."""

from datetime import timedelta

import pytest

from core.models import OutboxRow
from core.secrets import Secret
from fulfillment import services as fulfillment
from fulfillment.errors import NotByHand
from fulfillment.models import Unit, UnitMove
from fulfillment.selectors import find_order_ids_by_code, units_to_do
from inventory.models import Code, Hold
from orders.models import Order
from orders.types import Line
from payments.models import Refund
from tests.catalog.factories import make_sku
from tests.inventory.factories import make_codes, make_content
from tests.orders.factories import LI, PRICE, paid, placed, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")
DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def state_of(order):
    return Order.objects.get(pk=order.pk).state


def states():
    return list(Unit.objects.order_by("position", "pk").values_list("state", flat=True))


def spoil(order):
    """What the order holds cannot be sold any more, and there is nothing else."""
    codes = Hold.objects.filter(item_id__in=order.items.values("pk")).values("code_id")
    Code.objects.filter(pk__in=codes).update(state="frozen")


def test_own_stock_is_delivered_in_the_same_call():
    order = paid(stocked_sku(2), 2)

    fulfillment.open_units(order_id=order.pk, now=NOON)

    assert states() == ["delivered", "delivered"]
    assert state_of(order) == "completed"
    assert set(Code.objects.values_list("state", flat=True)) == {"sold"}
    moves = UnitMove.objects.values_list("old", "new", "reason", "by")
    assert list(moves) == [("queued", "delivered", "from_stock", "system")] * 2
    goods = fulfillment.goods_of_order(order_id=order.pk)
    assert [one.kind for one in goods] == ["code", "code"]
    assert len({one.secret.reveal() for one in goods}) == 2


def test_hearing_it_twice_delivers_once():
    order = paid(stocked_sku(2))

    for _ in range(2):
        fulfillment.open_units(order_id=order.pk, now=NOON)

    assert states() == ["delivered"]
    assert Code.objects.filter(state="sold").count() == 1
    assert UnitMove.objects.count() == 1


def test_nothing_is_delivered_before_the_money_is_here():
    order = placed()

    fulfillment.open_units(order_id=order.pk, now=NOON)

    assert state_of(order) == "placed"
    assert not Unit.objects.exists()


def test_reusable_content_is_delivered_from_stock_too():
    sku = make_sku(kind="reusable")
    make_content(sku, text="Group 12345")
    order = paid(sku, 2)

    fulfillment.open_units(order_id=order.pk, now=NOON)

    goods = fulfillment.goods_of_order(order_id=order.pk)
    assert [(one.kind, one.secret.reveal()) for one in goods] == [("text", "Group 12345")] * 2


def test_each_unit_carries_its_share_of_what_was_paid():
    first, second = stocked_sku(1, price_e4=100_000), stocked_sku(2, price_e4=50_000)
    lines = (Line(sku_ref=first.ref, quantity=1), Line(sku_ref=second.ref, quantity=2))
    order = paid(first, lines=lines)

    fulfillment.open_units(order_id=order.pk, now=NOON)

    shares = Unit.objects.order_by("position").values_list("paid_e4", flat=True)
    assert list(shares) == [100_000, 50_000, 50_000]


def test_what_a_person_delivers_waits_with_a_clock_and_is_sealed():
    order = paid(make_sku(kind="by_hand"))
    fulfillment.open_units(order_id=order.pk, now=NOON)
    unit = Unit.objects.get()
    assert (unit.state, unit.next_at, state_of(order)) == ("by_hand", NOON + DAY, "fulfilling")
    assert list(units_to_do()) == [unit]

    fulfillment.deliver_by_hand(
        unit_id=unit.pk, text=Secret("user anna / pw 1234"), by=LI, now=NOON
    )

    unit.refresh_from_db()
    assert (unit.state, unit.next_at, state_of(order)) == ("delivered", None, "completed")
    assert b"1234" not in bytes(unit.hand_text or b"1234")
    goods = fulfillment.goods_of_order(order_id=order.pk)
    assert [one.secret.reveal() for one in goods] == ["user anna / pw 1234"]


def test_a_delivered_unit_is_not_delivered_again_by_hand():
    order = paid()
    fulfillment.open_units(order_id=order.pk, now=NOON)

    with pytest.raises(NotByHand):
        fulfillment.deliver_by_hand(
            unit_id=Unit.objects.get().pk, text=Secret("x"), by=LI, now=NOON
        )


def test_a_late_hand_delivery_calls_a_person_and_then_gives_the_money_back():
    order = paid(make_sku(kind="by_hand"))
    fulfillment.open_units(order_id=order.pk, now=NOON)

    fulfillment.deliver_order(order_id=order.pk, now=NOON + DAY - MINUTE)
    assert states() == ["by_hand"]
    fulfillment.deliver_order(order_id=order.pk, now=NOON + DAY)
    assert states() == ["review"]
    fulfillment.deliver_order(order_id=order.pk, now=NOON + 2 * DAY)

    assert states() == ["refunded"]
    assert state_of(order) == "canceled"
    assert list(Refund.objects.values_list("amount_e4", "number")) == [
        (PRICE, f"{order.number}-R1")
    ]


def test_codes_that_spoiled_while_held_are_waited_for_and_then_delivered():
    sku = stocked_sku(1)
    order = paid(sku)
    spoil(order)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    unit = Unit.objects.get()
    assert (unit.state, unit.next_at, state_of(order)) == ("waiting", NOON + MINUTE, "fulfilling")

    make_codes(sku, 1)
    fulfillment.deliver_order(order_id=order.pk, now=NOON + MINUTE)

    assert states() == ["delivered"]
    assert state_of(order) == "completed"


def test_stock_that_never_comes_gives_the_money_back():
    order = paid(stocked_sku(1))
    spoil(order)
    fulfillment.open_units(order_id=order.pk, now=NOON)

    for minutes in range(1, 31):
        fulfillment.deliver_order(order_id=order.pk, now=NOON + minutes * MINUTE)

    assert states() == ["refunded"]
    assert state_of(order) == "canceled"
    assert Refund.objects.get().amount_e4 == PRICE
    fulfillment.deliver_order(order_id=order.pk, now=NOON + DAY)
    assert Refund.objects.count() == 1


def test_one_line_waits_while_the_other_is_delivered():
    good, short = stocked_sku(1), stocked_sku(1)
    lines = (Line(sku_ref=good.ref, quantity=1), Line(sku_ref=short.ref, quantity=1))
    order = paid(good, lines=lines)
    Code.objects.filter(sku_id=short.pk).update(state="frozen")
    fulfillment.open_units(order_id=order.pk, now=NOON)
    assert states() == ["delivered", "waiting"]

    fulfillment.deliver_order(order_id=order.pk, now=NOON + timedelta(minutes=30))

    assert states() == ["delivered", "refunded"]
    assert state_of(order) == "completed"


def test_an_order_is_found_by_a_code_it_was_given():
    order = paid()
    fulfillment.open_units(order_id=order.pk, now=NOON)
    code = Code.objects.get()

    assert find_order_ids_by_code(code_ids=[code.pk]) == [order.pk]


def test_what_the_buyer_has_seen_is_remembered_once():
    order = paid()
    fulfillment.open_units(order_id=order.pk, now=NOON)

    fulfillment.goods_of_order(order_id=order.pk)
    assert Unit.objects.get().shown_at is None
    fulfillment.goods_of_order(order_id=order.pk, shown_at=NOON)
    fulfillment.goods_of_order(order_id=order.pk, shown_at=NOON + DAY)

    assert Unit.objects.get().shown_at == NOON


def test_news_of_a_delivery_carries_no_goods():
    order = paid()

    fulfillment.open_units(order_id=order.pk, now=NOON)

    payloads = list(OutboxRow.objects.values_list("payload", flat=True))
    assert all(set(payload) <= {"order_id"} for payload in payloads)


@pytest.fixture
def rules_read(settings):
    """The shop's risk rules are read once in a moment."""
    settings.KEPT_SECONDS = 60.0


@pytest.mark.usefixtures("rules_read")
def test_a_delivery_is_made_in_few_statements(django_assert_num_queries, unprepared):
    """The order with its items, the codes, units and order with their history; two savepoints."""
    order = paid(stocked_sku(20))

    with django_assert_num_queries(5):
        fulfillment.open_units(order_id=order.pk, now=NOON)


@pytest.mark.usefixtures("rules_read")
@pytest.mark.parametrize("quantity", [2, 3])
def test_more_units_cost_no_more_statements(django_assert_num_queries, unprepared, quantity):
    order = paid(stocked_sku(60), quantity)

    with django_assert_num_queries(7):
        fulfillment.open_units(order_id=order.pk, now=NOON)

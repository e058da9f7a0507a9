"""The money back of an order of which a supplier has a part: nothing is silent, nothing of it is
bought anew."""

import pytest
from django.utils import translation

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.errors import WithSupplier
from fulfillment.models import UnitMove
from fulfillment.selectors import find_held_words
from orders.models import Item
from payments.models import Entry, Journal, Refund
from suppliers.models import Offer
from tenants.models import AuditRow
from tests.dashboard.people import browser_of
from tests.fulfillment.buying import (
    HOUR,
    cards_here,
    in_review,
    look,
    rows,
    send_first,
    state_of,
    states,
)
from tests.orders.factories import LI, PRICE, open_case
from tests.suppliers.factories import at_the_judge, make_offer
from tests.times import NOON

pytestmark = [
    pytest.mark.usefixtures("shop"),
    pytest.mark.django_db(databases="__all__"),
]


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


def refund_all(order, *, now=NOON, **given):
    return fulfillment.refund_units(order_id=order.pk, by=LI, reason="asked for", now=now, **given)


def test_what_was_not_sent_is_paid_back_at_once_and_what_is_with_a_supplier_waits(judge, desk):
    order = cards_here(judge, "reply_lost_after", quantity=3)
    send_first()

    refund_all(order)
    look(NOON + HOUR, times=3)

    assert states() == ["delivered", "refunded", "refunded"]
    assert (len(desk.purchases()), rows(Refund.objects.all(), "amount_e4")) == (1, [2 * PRICE])


def test_what_the_first_supplier_refused_is_paid_back_and_never_bought_of_the_next(judge, desk):
    order = cards_here(judge, "off_shelf", protocol="kasushou")
    send_first()
    with tenant_atomic():
        other = at_the_judge(judge, "fulu", account="10002")
        make_offer(
            supplier=other, sku=Offer.objects.get().sku, product="1000", cost_e4=1, most_e4=99_000
        )
    assert states() == ["queued"]

    refund_all(order)
    look(NOON + HOUR)

    assert (states(), state_of(order)) == (["refunded"], "canceled")
    assert desk.purchases() == []


def test_what_waits_for_a_supplier_to_open_is_paid_back(judge, desk):
    order = cards_here(judge)
    with tenant_atomic():
        Offer.objects.update(opens="03:00", closes="03:01")
    look(NOON)
    assert states() == ["waiting"]

    refund_all(order)

    assert (states(), state_of(order)) == (["refunded"], "canceled")


def test_when_a_supplier_has_all_that_is_left_it_is_said_by_name(judge, desk):
    order = cards_here(judge, "reply_lost_after", quantity=2)
    send_first()
    refund_all(order)

    with translation.override("en"), pytest.raises(WithSupplier) as refusal:
        refund_all(order)

    with tenant_atomic():
        name = Item.objects.get().shown_name
    assert f"1 of 1 are with a supplier ({name} #1)" in str(refusal.value.message)
    assert states() == ["unknown", "refunded"]


def test_what_is_not_confirmed_in_time_goes_back_only_to_who_takes_the_risk(judge, desk):
    order = cards_here(judge, "reply_lost_after")
    send_first()
    until = in_review(order)

    with pytest.raises(WithSupplier):
        refund_all(order, now=until)
    assert (states(), rows(Refund.objects.all(), "pk")) == (["review"], [])

    refund_all(order, now=until, is_own_risk=True)
    assert (states(), state_of(order)) == (["refunded"], "canceled")


def test_a_refund_at_own_risk_is_booked_as_such_and_apart_from_the_others(judge, desk):
    order = cards_here(judge, "reply_lost_after", quantity=2)
    send_first()
    until = in_review(order)

    refund_all(order, now=until, is_own_risk=True)

    number = f"{order.number}-R1"
    moves = UnitMove.objects.filter(new="refunded").order_by("unit__position")
    assert rows(moves, "reason", "data") == [
        ("own_risk", {"refund": number, "said": "asked for"}),
        ("asked for", {}),
    ]
    assert rows(Refund.objects.order_by("number"), "number", "reason", "amount_e4") == [
        (number, "own_risk", PRICE),
        (f"{order.number}-R2", "asked for", PRICE),
    ]
    booked = Journal.objects.filter(kind="refund_own_risk")
    assert rows(booked, "ref") == [f"refund:{number}:promised"]
    lost = Entry.objects.filter(journal__in=booked, account__kind="revenue")
    assert rows(lost, "amount_e4") == [-PRICE]
    actions = AuditRow.objects.filter(action__startswith="order.refunded").order_by("pk")
    assert rows(actions, "action", "reason", "data") == [
        ("order.refunded_at_risk", "asked for", {"units": 1}),
        ("order.refunded", "asked for", {"units": 1}),
    ]


def test_who_writes_the_word_for_own_risk_as_his_reason_books_a_plain_refund(judge, desk):
    order = cards_here(judge, quantity=2)

    fulfillment.refund_units(order_id=order.pk, by=LI, reason="own_risk", now=NOON)

    kinds = rows(Journal.objects.filter(kind__startswith="refund"), "kind")
    assert (states(), set(kinds)) == (["refunded", "refunded"], {"refund_promised"})


def test_a_case_is_not_settled_by_money_that_cannot_go_back(judge, desk):
    order = cards_here(judge, "reply_lost_after")
    send_first()
    with tenant_atomic():
        case = open_case(order)

    with pytest.raises(WithSupplier):
        fulfillment.settle_case(case_id=case.pk, outcome="refunded", by=LI, reason="late", now=NOON)

    with tenant_atomic():
        case.refresh_from_db()
    assert (case.state, states()) == ("open", ["unknown"])


def test_the_order_page_says_what_a_supplier_has_before_and_after_the_button(shop, judge, desk):
    order = cards_here(judge, "reply_lost_after", quantity=2)
    send_first()
    browser, page = browser_of(shop, "owner"), f"/office/orders/{order.pk}/"
    with tenant_atomic(), translation.override("en"):
        words = find_held_words(order_id=order.pk)

    before = browser.get(page).content.decode()
    after = browser.post(f"{page}refund/", {"what": "all"}, follow=True).content.decode()

    assert words.startswith("1 of 2 are with a supplier")
    assert (words in before, after.count(words)) == (True, 2)  # in its form, and as a warning
    assert "own_risk" not in before
    assert states() == ["unknown", "refunded"]


def test_the_order_page_lets_the_owner_take_the_risk(shop, judge, desk):
    order = cards_here(judge, "reply_lost_after")
    send_first()
    in_review(order)
    browser, page = browser_of(shop, "owner"), f"/office/orders/{order.pk}/"
    assert 'name="own_risk"' in browser.get(page).content.decode()

    refused = browser.post(f"{page}refund/", {"what": "all"})
    assert (refused.status_code >= 400, states()) == (True, ["review"])

    browser.post(f"{page}refund/", {"what": "all", "own_risk": "on"})
    assert states() == ["refunded"]

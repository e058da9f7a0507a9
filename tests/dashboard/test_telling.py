"""What the floors below say, as staff is told it; and the page of it."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from core.scope import tenant_atomic
from dashboard import telling
from fulfillment.models import Unit
from notices.models import Notice, Recipient
from notices.selectors import words_of
from orders.models import Opening
from suppliers.models import PriceChange
from tenants.roles import Role
from tests.channels.factories import make_endpoint, make_partner
from tests.dashboard.people import browser_of
from tests.notices.factories import make_recipient, tell
from tests.orders.factories import hold, make_case, make_item, make_order, placed, stocked_sku
from tests.suppliers.factories import make_supplier
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
FORM = {
    "name": "Night watch", "way": "mail", "address": "night@example.com", "topics": ["held"],
    "language": "en", "secret": "",
}  # fmt: skip


def told():
    with tenant_atomic(), override("en"):
        return [words_of(one) for one in Notice.objects.order_by("pk")]


def test_a_complaint_is_told_once_and_once_more_when_it_waits_too_long(shop):
    with tenant_atomic():
        case = make_case()
    for _twice in range(2):
        telling.hear_case(case_id=case.pk, now=NOON)
        telling.hear_late_case(case_id=case.pk, now=NOON + timedelta(days=1))

    number, ref = case.order.number, case.ref
    assert told() == [
        f"Order {number}: a buyer complains (case {ref}).",
        f"Order {number}: the buyer of case {ref} waits too long for an answer.",
    ]


def test_a_delivery_that_needs_a_person(shop):
    with tenant_atomic():
        order = make_order(state="fulfilling")
        unit = Unit.objects.create(
            order=order, item=make_item(order), position=1, state="review", opened_at=NOON,
            paid_e4=0,
        )  # fmt: skip
    telling.hear_unit(unit_id=unit.pk, now=NOON)

    assert told() == [f"A delivery of order {order.number} needs a person."]


def test_what_waits_for_a_decision_is_told_while_it_waits(shop):
    with tenant_atomic():
        order = hold(placed())
        closed = placed()
        Opening.objects.create(
            order=closed, asked_at=NOON, decide_by=NOON + timedelta(hours=1), held_then="pay_back"
        )
    for _twice in range(2):
        telling.hear_held(order_id=order.pk, channel=order.channel, now=NOON)
        telling.hear_closed(order_id=closed.pk, now=NOON)
    with tenant_atomic():
        Opening.objects.update(state="allowed")
    telling.hear_closed(order_id=closed.pk, now=NOON)
    telling.hear_held(order_id=closed.pk, channel="web", now=NOON)

    first, second = told()
    assert first.startswith(f"{order.number} waits for your decision until ")
    assert second.startswith(f"{closed.number} waits for your decision until ")


def test_a_price_that_moved_is_told_of_what_we_sell(shop):
    with tenant_atomic():
        supplier = make_supplier()
        product = supplier.products.create(
            product="P1", name="Month", first_seen_at=NOON, seen_at=NOON, changed_at=NOON
        )
        moved = [
            PriceChange.objects.create(
                product=product, supplier=supplier, old_e4=100_000, new_e4=112_500,
                is_offered=is_offered, at=NOON,
            )
            for is_offered in (True, False)
        ]  # fmt: skip
    for one in moved:
        telling.hear_price(price_change_id=one.pk, now=NOON)

    assert told() == [f"{supplier.name}: the price of “Month” moved by +12.5%."]


def test_what_was_taken_off_sale_and_a_webhook_that_was_given_up_on(shop):
    with tenant_atomic():
        sku, partner = stocked_sku(), make_partner()
        endpoint = make_endpoint(partner, "https://shop.example.com/hook/s3cret?key=1")
    telling.hear_off_sale(sku_id=sku.pk, now=NOON)
    telling.hear_endpoint(endpoint_id=endpoint.endpoint_id, now=NOON)

    first, second = told()
    assert sku.product.name in first
    assert second.endswith("was given up on: shop.example.com.")


@pytest.mark.parametrize("role", Role.values)
def test_everybody_reads_what_there_was_and_the_owner_says_who_is_told(shop, role):
    with tenant_atomic():
        make_recipient()
        tell()

    page = browser_of(shop, role).get("/office/notices/").content.decode()
    assert "Order one waits for your decision until 12:30." in page
    assert "night@example.com" in page
    assert ("/office/notices/new/" in page) == (role == Role.OWNER)


def test_somebody_is_added_changed_tried_and_removed(shop):
    browser = browser_of(shop, Role.OWNER)

    assert browser.post("/office/notices/new/", FORM).status_code == 302
    with tenant_atomic():
        one = Recipient.objects.get()
    assert browser.post("/office/notices/new/", FORM | {"address": "x"}).status_code == 422
    changed = FORM | {"address": "", "topics": ["held", "case"]}
    assert browser.post(f"/office/notices/{one.ref}/", changed).status_code == 302
    page = browser.post(f"/office/notices/{one.ref}/test/", follow=True).content.decode()
    assert "This is a test" in page
    browser.post(f"/office/notices/{one.ref}/drop/")
    with tenant_atomic():
        one.refresh_from_db()
    assert (one.is_on, one.topics) == (False, ["held", "case"])
    assert browser.get(f"/office/notices/{one.ref}/").status_code == 404

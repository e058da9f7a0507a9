"""What the order page says of goods that were exchanged and of money that went back."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from orders.models import Item
from orders.selectors import cases_of
from payments import services as payments
from payments.models import Payment, SandboxTrade
from storefront import services
from storefront.selectors.orders import things_to_complain_about
from storefront.types import UnitCard
from tests.conftest import client_of
from tests.inventory.factories import make_content
from tests.payments.factories import posting
from tests.storefront.factories import bought, delivered, notify, path_of, stocked

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SUM = re.compile(r"<dt>(You paid|Paid back|On its way back|Net total|Total)</dt><dd>([^<]+)</dd>")


@pytest.fixture
def client(shop):
    buyer = client_of(shop)
    buyer.cookies["qy_language"] = "en"
    return buyer


def sums_in(page: str) -> dict[str, str]:
    return dict(SUM.findall(page))


def steps_in(page: str) -> list[str]:
    return re.findall(r"<b>([^<]+)</b>", page.split('<ol class="steps">')[1].split("</ol>")[0])


def test_what_was_refunded_after_delivery_is_told_and_its_code_is_gone(client):
    order = delivered(client, stocked(), quantity="2")
    with tenant_atomic():
        units = fulfillment.goods_of_order(order_id=order.pk)
        fulfillment.refund_units(
            order_id=order.pk,
            unit_ids=[units[0].unit_id],
            by=SYSTEM,
            reason="bad_code",
            now=timezone.now(),
        )

    page = client.get(path_of(order)).content.decode()
    told = client.post(path_of(order, "codes/"), headers={"accept": "application/json"}).json()

    assert "<h1>Partly refunded</h1><p>¥10.00 is on its way back to you.</p>" in page
    assert steps_in(page) == ["Ordered", "Paid", "Delivered", "Partly refunded"]
    assert sums_in(page) == {
        "You paid": "¥20.00",
        "On its way back": "−¥10.00",
        "Net total": "¥10.00",
    }
    assert "Please do not use it any more." in page
    assert list(told["units"]) == [str(units[1].unit_id)]


def test_money_that_has_come_back_is_told_from_money_that_is_coming(client):
    order = delivered(client, stocked(), quantity="3")
    with tenant_atomic():
        SandboxTrade.objects.update(paid_at=timezone.now())
        units = fulfillment.goods_of_order(order_id=order.pk)
        back = {"order_id": order.pk, "by": SYSTEM, "reason": "bad_code", "now": timezone.now()}
        first = fulfillment.refund_units(unit_ids=[units[0].unit_id], **back)
        fulfillment.refund_units(unit_ids=[units[1].unit_id], **back)
    payments.push_refund(refund_id=first.pk, now=timezone.now())

    page = client.get(path_of(order)).content.decode()

    assert "<p>¥10.00 was paid back to you. ¥10.00 is on its way back to you.</p>" in page
    assert sums_in(page) == {
        "You paid": "¥30.00",
        "Paid back": "−¥10.00",
        "On its way back": "−¥10.00",
        "Net total": "¥10.00",
    }


ROW = re.compile(r'<span class="tag (\w+)">([^<]+)<.*?<small>¥</small>([\d.]+)<')


def test_the_list_of_orders_says_what_became_of_them_and_what_they_cost(client):
    sku = stocked(codes=7)
    whole, part, _untouched = (
        delivered(client, sku, quantity="2", request_key=f"form-{number}") for number in range(3)
    )
    bought(client, sku, request_key="unpaid")
    with tenant_atomic():
        unit, *_rest = fulfillment.goods_of_order(order_id=part.pk)
        back = {"by": SYSTEM, "reason": "bad_code", "now": timezone.now()}
        fulfillment.refund_units(order_id=part.pk, unit_ids=[unit.unit_id], **back)
        fulfillment.refund_units(order_id=whole.pk, **back)

    page = client.get("/orders/").content.decode()

    assert ROW.findall(page) == [
        ("warn", "Waiting for payment", "10.00"),
        ("good", "Completed", "20.00"),
        ("warn", "Partly refunded", "10.00"),
        ("bad", "Paid back", "0.00"),
    ]


def test_an_order_that_is_whole_has_one_sum(client):
    page = client.get(path_of(delivered(client, stocked()))).content.decode()

    assert sums_in(page) == {"Total": "¥10.00"}
    assert steps_in(page) == ["Ordered", "Paid", "Delivered"]


def test_a_replaced_code_is_void_beside_the_new_one(client):
    order = delivered(client, stocked())
    was = client.get(path_of(order)).content.decode()
    old = re.search(r"data-secret>([^<]+)<", was)[1]
    with tenant_atomic():
        (unit,) = fulfillment.goods_of_order(order_id=order.pk)
        fresh = fulfillment.replace_unit(
            unit_id=unit.unit_id, by=SYSTEM, reason="used", now=timezone.now()
        )

    page = client.get(path_of(order)).content.decode()
    told = client.post(path_of(order, "codes/"), headers={"accept": "application/json"}).json()

    assert "<h1>Delivered, with a replacement</h1>" in page
    assert "The new code is below. The one marked as void no longer works." in page
    assert steps_in(page) == ["Ordered", "Paid", "Delivered", "Replaced"]
    assert f'<s class="secret">{old}</s></div><span class="tag none">Void</span>' in page
    assert re.findall(r'Code <span class="tag">New</span>', page) != []
    assert list(told["units"]) == [str(fresh.pk)]
    assert sums_in(page) == {"Total": "¥10.00"}


def test_a_code_replaced_twice_is_void_twice(client):
    order = delivered(client, stocked())
    with tenant_atomic():
        (unit,) = fulfillment.goods_of_order(order_id=order.pk)
        again = {"by": SYSTEM, "reason": "used", "now": timezone.now()}
        second = fulfillment.replace_unit(unit_id=unit.unit_id, **again)
        fulfillment.replace_unit(unit_id=second.pk, **again)

    page = client.get(path_of(order)).content.decode()

    assert (page.count("data-unit="), page.count(">Void<")) == (1, 2)
    assert page.index("data-unit=") < page.index(">Void<")


def test_a_phone_has_room_for_the_steps_of_an_order_that_went_through_much(client):
    order = delivered(client, stocked(), quantity="2")
    with tenant_atomic():
        one, other = fulfillment.goods_of_order(order_id=order.pk)
        by = {"by": SYSTEM, "reason": "used", "now": timezone.now()}
        fulfillment.replace_unit(unit_id=one.unit_id, **by)
        fulfillment.refund_units(order_id=order.pk, unit_ids=[other.unit_id], **by)

    page = client.get(path_of(order)).content.decode()

    assert steps_in(page) == ["Paid", "Delivered", "Replaced", "Partly refunded"]


def test_money_that_was_paid_twice_is_not_told_as_a_lack_of_goods(client):
    order = bought(client, stocked())
    with tenant_atomic():
        first = Payment.objects.get()
    payments.close_payment(payment_id=first.pk, now=timezone.now())
    services.find_payment(order=order, now=timezone.now())
    notify(client, order)
    fulfillment.open_units(order_id=order.pk, now=timezone.now())
    body, headers = posting(first, now=timezone.now())
    client.post("/pay/notice/sandbox/", body, "application/json", headers=headers)

    page = client.get(path_of(order)).content.decode()

    assert "<h1>Delivered</h1><p>More was paid than it cost. ¥10.00 is on its way" in page
    assert steps_in(page) == ["Ordered", "Paid", "Delivered"]
    assert sums_in(page)["Net total"] == "¥10.00"


def test_nobody_is_told_to_use_a_top_up_or_not_to(client):
    order = delivered(client, stocked())
    with tenant_atomic():
        Item.objects.update(kind="top_up", buyer_fields_shown={"phone": "138****8000"})
        arrives(order, seconds=2)

    there = client.get(path_of(order)).content.decode()
    with tenant_atomic():
        fulfillment.refund_units(order_id=order.pk, by=SYSTEM, reason="bad", now=timezone.now())
    back = client.get(path_of(order)).content.decode()

    assert re.search(r"<p>It arrived [0-9.]+ seconds after your payment\.</p>", there)
    assert "Please do not use it any more." not in back
    assert re.search(r"138\*{4}8000</div>.*>Paid back</span>", back)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("stock_code", "It arrived 1 second after your payment. Please use it soon."),
        ("top_up", "It arrived 1 second after your payment."),
    ],
)
def test_one_second_is_one_second(client, kind, said):
    order = delivered(client, stocked())
    with tenant_atomic():
        Item.objects.update(kind=kind)
        arrives(order, seconds=1)

    assert f"<p>{said}</p>" in client.get(path_of(order)).content.decode()


def arrives(order, *, seconds):
    """So long after it was paid."""
    order.refresh_from_db()
    Unit.objects.update(delivered_at=order.paid_at + timedelta(seconds=seconds))


def test_what_was_written_anew_is_no_code(client):
    order = bought(client, stocked(codes=0, kind="by_hand"))
    notify(client, order)
    with tenant_atomic():
        unit = Unit.objects.get(order=order)
    given = {"by": SYSTEM, "now": timezone.now()}
    fulfillment.deliver_by_hand(unit_id=unit.pk, text=Secret("receipt 1"), **given)
    fulfillment.send_anew(unit_id=unit.pk, text=Secret("receipt 2"), reason="wrong", **given)

    page = client.get(path_of(order)).content.decode()

    assert "<p>What is new is below. What is marked as void no longer works.</p>" in page


def test_what_a_person_wrote_is_no_code_and_nobody_says_how_long_it_lasts(client):
    order, code = bought(client, stocked(codes=0, kind="by_hand")), delivered(client, stocked())
    notify(client, order)
    with tenant_atomic():
        unit = Unit.objects.get(order=order)
    text = Secret("Done at noon, receipt 8812")
    fulfillment.deliver_by_hand(unit_id=unit.pk, text=text, by=SYSTEM, now=timezone.now())

    written, bought_code = (client.get(path_of(one)).content.decode() for one in (order, code))
    file = client.post(path_of(order, "codes.txt")).content.decode()

    assert ">Content</div>" in written
    assert "No expiry date" not in written
    assert 'value="code_fails"' not in written
    assert "Content: Done at noon, receipt 8812" in file
    assert ">Code</div>" in bought_code
    assert "No expiry date" in bought_code
    assert 'value="code_fails"' in bought_code


def test_goods_too_long_for_a_picture_are_read_all_the_same(client):
    sku = stocked(codes=0, kind="reusable")
    text = "进群后请先阅读群公告。" * 200
    with tenant_atomic():
        make_content(sku, text=text)
    order = delivered(client, sku)

    told = client.post(path_of(order, "codes/"), headers={"accept": "application/json"})

    assert told.status_code == 200
    ((unit,),) = (told.json()["units"].values(),)
    assert (unit["secret"], unit["qr"]) == (text, "")


@pytest.mark.parametrize("form", ["help/", "help/ABC/"])
def test_a_forms_address_opened_again_is_the_orders_page(client, form):
    order = delivered(client, stocked())

    answer = client.get(path_of(order, form))

    assert (answer.status_code, answer.url) == (302, path_of(order))


@pytest.mark.parametrize(("quantity", "is_named"), [("1", False), ("2", True)])
def test_a_case_names_its_thing_where_there_are_several(client, quantity, is_named):
    order = delivered(client, stocked(2), quantity=quantity)
    with tenant_atomic():
        unit = Unit.objects.order_by("position")[0]
        name = unit.item.shown_name
    client.post(
        path_of(order, "help/"), {"kind": "other", "text": "It is used.", "unit": str(unit.pk)}
    )

    card = client.get(path_of(order)).content.decode().split('id="case-')[1]
    assert (name in card.split("</section>")[0]) is is_named


def test_money_back_ends_what_its_buyer_asked(client):
    order = delivered(client, stocked())
    complaint(client, order)
    with tenant_atomic():
        fulfillment.refund_units(
            order_id=order.pk, by=SYSTEM, reason="bad_code", now=timezone.now()
        )

    card = client.get(path_of(order)).content.decode().split('id="case-')[1]
    assert '<span class="tag plain">Refunded</span>' in card.split("</section>")[0]


def complaint(client, order):
    answer = client.post(path_of(order, "help/"), {"kind": "other", "text": "It is used."})
    return path_of(order, f"help/{answer['Location'].rpartition('-')[2]}/")


@pytest.mark.parametrize("text", ["  ", "x" * 2001])
def test_a_message_that_is_refused_stays_at_its_case(client, text):
    order = delivered(client, stocked())

    answer = client.post(complaint(client, order), {"text": text})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert">Write 1 to 2000 characters.</span>' in page
    assert text.strip() in page


def test_a_message_to_a_closed_case_is_in_the_form_for_another(client):
    order = delivered(client, stocked())
    say = complaint(client, order)
    with tenant_atomic():
        case = cases_of(order_id=order.pk).get()
    fulfillment.settle_case(
        case_id=case.pk, outcome="rejected", by=SYSTEM, reason="no", now=timezone.now()
    )

    answer = client.post(say, {"text": "But it is."})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This case is closed. Open a new one if something is still wrong." in page
    assert ">But it is.</textarea>" in page


def labels_in(page: str) -> list[str]:
    return re.findall(r"<option[^>]*>(.*?)</option>", page.split('name="unit"')[1].split("</s")[0])


def test_what_is_complained_about_is_numbered_and_never_in_the_clear(client):
    order = delivered(client, stocked(), quantity="2")

    closed = labels_in(client.get(path_of(order)).content.decode())
    shown = labels_in(client.post(path_of(order, "codes/")).content.decode())

    assert [label.split(" · ")[0] for label in closed] == ["1", "2"]
    assert all("••" in label for label in closed)
    assert shown == ["1", "2"]


def test_of_an_order_with_several_goods_each_is_named():
    lines = [
        SimpleNamespace(name=name, units=(UnitCard(id=pk, state="delivered", is_delivered=True),))
        for pk, name in ((7, "Youku"), (8, "Q coins"))
    ]

    found = things_to_complain_about(SimpleNamespace(lines=lines), is_shown=False)

    assert found == [{"id": 7, "label": "1 · Youku"}, {"id": 8, "label": "2 · Q coins"}]

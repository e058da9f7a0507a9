"""A shopper under the shop's risk rules: refused at the form, or paid and looked at."""

import pytest
from django.utils import timezone

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.services import delivering
from orders.models import Order
from payments.models import Payment
from risk.models import Assessment
from risk.services import failsafe
from tests.conftest import client_of
from tests.orders.factories import LI
from tests.risk.factories import make_rule
from tests.storefront.factories import PHONE, bought, buy, codes_left, notify, state_of, stocked

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
REFUSED = {
    "en": "This order cannot be taken. Ask the shop, if you think that it should be.",
    "zh-hans": "此订单无法受理，如有疑问请联系商家。",
}
MANY = {"count": {"by": "ip", "within": 600}, "op": ">", "value": 3}


def rule(when=MANY, **more):
    with tenant_atomic():
        return make_rule(when, **more)


@pytest.mark.parametrize("language", REFUSED)
def test_refused_the_form_stands_as_it_was_typed_and_nothing_is_kept_back(shop, language):
    sku, client = stocked(3), client_of(shop)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    rule({"fact": "amount", "op": ">", "value": "0.01"}, action="deny")

    answer = buy(client, sku)

    assert answer.status_code == 403
    page = answer.content.decode()
    assert REFUSED[language] in page
    assert PHONE in page
    assert codes_left(sku) == 3
    with tenant_atomic():
        assert not Order.objects.exists()
        assert not Payment.objects.exists()
        assert [one.action for one in Assessment.objects.all()] == ["deny"]


def test_the_fourth_from_one_address_is_held_and_approved_its_code_is_on_the_page(shop):
    sku = stocked(4)
    rule(name="同一 IP 频繁下单")
    visitors = [client_of(shop) for _each in range(4)]
    orders = [bought(one, sku, request_key=f"form-{at}") for at, one in enumerate(visitors)]
    for one, order in zip(visitors, orders, strict=True):
        notify(one, order)
    with tenant_atomic():
        states = list(Order.objects.order_by("pk").values_list("state", flat=True))
    held = orders[3]

    assert states == ["completed", "completed", "completed", "held"]
    assert "店铺人工审核后发货。" in visitors[3].get(f"/o/{held.token}/").content.decode()
    fulfillment.release_held(order_id=held.pk, by=LI, now=timezone.now())
    with tenant_atomic():
        held.refresh_from_db()
    assert (held.state, codes_left(sku)) == ("completed", 0)


def test_the_second_that_one_account_pays_is_held_before_anything_of_it_is_delivered(shop):
    sku = stocked(3)
    rule({"count": {"by": "payer", "within": 3600}, "op": ">", "value": 1})
    visitors = [client_of(shop) for _each in range(3)]
    orders = [bought(one, sku, request_key=f"form-{at}") for at, one in enumerate(visitors)]

    for one, order, payer in zip(visitors, orders, ("2088A", "2088A", "2088B"), strict=True):
        for _repeat in range(2):
            assert notify(one, order, buyer_id=payer).content == b"success"

    assert [state_of(order) for order in orders] == ["completed", "held", "completed"]
    assert codes_left(sku) == 0


def test_who_paid_is_known_and_counts_where_nothing_could_be_handed_over_at_once(shop, monkeypatch):
    sku = stocked(3)
    rule({"count": {"by": "payer", "within": 3600}, "op": ">", "value": 1})
    visitors = [client_of(shop) for _each in range(2)]
    orders = [bought(one, sku, request_key=f"form-{at}") for at, one in enumerate(visitors)]

    for one, order in zip(visitors, orders, strict=True):
        with monkeypatch.context() as patched:
            for step in ("draft_units", "stop"):
                patched.setattr(delivering, step, fails)
            assert notify(one, order, buyer_id="2088A").content == b"success"
    broken = [state_of(order) for order in orders]
    for order in orders:
        fulfillment.open_units(order_id=order.pk, now=timezone.now())

    assert broken == ["paid", "paid"]
    assert [state_of(order) for order in orders] == ["completed", "held"]
    with tenant_atomic():
        assert Assessment.objects.filter(payer=None).count() == 0


def test_what_cannot_be_written_down_of_a_payment_keeps_no_order(shop, monkeypatch):
    sku = stocked(2)
    rule({"count": {"by": "payer", "within": 3600}, "op": ">", "value": 1})
    visitors = [client_of(shop) for _each in range(2)]
    orders = [bought(one, sku, request_key=f"form-{at}") for at, one in enumerate(visitors)]
    monkeypatch.setattr(failsafe, "keep_again", fails)

    for one, order in zip(visitors, orders, strict=True):
        assert notify(one, order, buyer_id="2088A").content == b"success"

    assert [state_of(order) for order in orders] == ["completed", "completed"]


def fails(*_given, **_named):
    raise RuntimeError("a bug")

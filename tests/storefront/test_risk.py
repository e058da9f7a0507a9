"""A shopper under the shop's risk rules: refused at the form, or paid and looked at."""

import pytest
from django.utils import timezone

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from orders.models import Order
from payments.models import Payment
from risk.models import Assessment
from tests.conftest import client_of
from tests.orders.factories import LI
from tests.risk.factories import make_rule
from tests.storefront.factories import PHONE, bought, buy, codes_left, notify, stocked

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
